import { randomBytes } from 'node:crypto';
import { BEFORE_FIRST, type Decider, DomainError, type EntryId, type Recorded, recordEvents } from '@app/domain';
import { classifyRedisFailure, StoreUnavailableError } from '@app/redis';
import { LRUCache } from 'lru-cache';
import type { AppendRequest, AppendResult, EventStore, ReplyStart, StoredEntry } from './event-store.js';
import { MAX_N } from './event-store.js';
import {
  afterCheckpoint,
  BLOCK,
  CHECKPOINT_EVERY,
  cutIntoBlocks,
  emptyFolded,
  type EventCodec,
  type Folded,
  foldOne,
  linesOfBlocks,
  newBlocks,
  readCheckpoint,
  writeCheckpoint,
} from './folded.js';
import { chainHash } from './hash-chain.js';

/** Store time, without a round trip. */
export interface Clock {
  nowMs(): number;
}

/** What holds together with new events besides the events, by rules of the aggregate. */
export type AppendEffects = Pick<AppendRequest, 'deadlines' | 'live' | 'data' | 'expireS' | 'wakeUser' | 'wakeAgents'>;

/** All that the repository has to know of one kind of aggregate. */
export interface AggregateKind<Command, Event, State> {
  readonly decider: Decider<Command, Event, State>;
  readonly codec: EventCodec<Event, State>;
  /** An earlier run of a command, when its state remembers it. */
  readonly findCommand: (state: State, commandId: string) => EarlierRun | undefined;
  /** What must be stored together with new events. */
  readonly effectsOf: (events: readonly Event[], before: State, atMs: number, lastAtMs: number) => AppendEffects;
}

export interface EarlierRun {
  readonly last: EntryId;
  readonly replyFrom: number | null;
}

/** A command with its envelope. */
export interface Execution<Command, State> {
  /** Commands that go into one append, made from the state and the store time. */
  readonly commands: (state: State, nowMs: number) => readonly Command[];
  readonly commandId: string;
  readonly verbose?: boolean;
  /** Present when the answer shows events. */
  readonly reply?: { readonly from: ReplyStart };
  /** Whether the customer is seen by it. */
  readonly isFromCustomer?: boolean;
}

/** How to look at a stream. */
export interface Look<State> {
  /** Present when the answer shows events. */
  readonly reply?: { readonly from: ReplyStart };
  readonly isFromCustomer?: boolean;
  /** Throws when the caller may not look; false when a state that may be old does not tell. */
  readonly check?: (state: State) => boolean;
}

/** The state after a command or a look, and the events that the reply shows. */
export interface Outcome<State> {
  readonly state: State;
  readonly kind: 'appended' | 'repeated' | 'unchanged';
  /** Where the reply begins; null when none was asked for. */
  readonly from: number | null;
  /** Where the reply ends. */
  readonly to: number;
  /** The lines after `from` up to `to`, ready to send; one text may hold several, separated by commas. */
  readonly lines: readonly string[];
}

/** An outcome that also tells when the customer was last seen before, in store time; 0 = never. */
export interface View<State> extends Outcome<State> {
  /** The last event. */
  readonly last: EntryId;
  readonly lastSeenMs: number;
}

export interface RepositoryOptions {
  /** Streams of which the folded state is kept. */
  readonly cacheEntries: number;
  /** Memory for their transcripts, in bytes, about. */
  readonly cacheBytes: number;
  /** Told when the store has less than was answered before. */
  readonly onRolledBack?: (streamId: string) => void;
  /** Told of every append that another writer came before. */
  readonly onConflict?: () => void;
}

/** One stream in this process: its folded state and the queue of those who want to work on it. */
interface Held<State> {
  folded: Folded<State> | undefined;
  waiting: number;
  tail: Promise<StoreUnavailableError | undefined> | undefined;
  bytes: number;
  counted: number;
  /** The lines before those of `folded`, once somebody asked for them. */
  blocks: readonly string[] | undefined;
  /** The highest position that was seen here and that the store has lost since: it is not given again. */
  lost: number;
}

type NewEntry = Omit<StoredEntry, 'replyFrom'>;

/** What a held stream costs, and each line of its transcript, in bytes, about. */
const HELD_BYTES = 2_000;
const LINE_BYTES = 150;

/** Conflicts in a row after which a command gives up; each means that somebody else succeeded. */
const TRIES_MAX = 50;

/**
 * Read → fold → decide → append at the expected place → on a conflict again: the shell around a decider, here once for
 * all. It keeps folded states; the check in the append keeps them honest.
 */
export class AggregateRepository<Command, Event, State> {
  private readonly cache: LRUCache<string, Held<State>>;
  /** Streams that somebody works on now; they stay, whatever the cache forgets. */
  private readonly busy = new Map<string, Held<State>>();

  constructor(
    private readonly store: EventStore,
    private readonly kind: AggregateKind<Command, Event, State>,
    private readonly clock: Clock,
    private readonly options: RepositoryOptions,
  ) {
    this.cache = new LRUCache({
      max: options.cacheEntries,
      maxSize: Math.max(options.cacheBytes, HELD_BYTES),
      sizeCalculation: (held) => held.bytes,
    });
  }

  /**
   * Carries commands out, once however often they are sent with the same command id.
   * @throws DomainError when a rule refuses them
   * @throws StoreUnavailableError when their outcome is unknown at the deadline
   */
  execute(streamId: string, execution: Execution<Command, State>): Promise<Outcome<State>> {
    return this.exclusively(streamId, (held) => this.executeHeld(streamId, held, execution));
  }

  /**
   * Looks at the newest state and, with `reply`, at the events after the cursor or a position.
   * @returns undefined when there is no such stream
   */
  async view(streamId: string, { reply, isFromCustomer, check }: Look<State> = {}): Promise<View<State> | undefined> {
    return this.exclusively(streamId, async (held) => {
      if (check !== undefined) await this.admit(streamId, held, check);
      const { folded, replyFrom, lastSeenMs } = await this.refresh(streamId, held, reply, isFromCustomer);
      if (folded.last === null) return undefined;
      return { ...(await this.outcome(streamId, folded, 'unchanged', replyFrom)), lastSeenMs, last: folded.last };
    });
  }

  /** The state of a stream as this process last saw it; it may be old. For what never changes once it is there. */
  cached(streamId: string): State | undefined {
    return this.cache.get(streamId)?.folded?.state;
  }

  /** All events after a place, oldest first. */
  async events(streamId: string, after: EntryId, count?: number): Promise<Recorded<Event>[]> {
    const from = { position: after.position, n: after.n + 1 };
    const entries = await this.store.read(streamId, from, { position: MAX_N, n: 0 }, count);
    return entries.map((entry) => this.kind.codec.decode(entry));
  }

  /** Sets the cursor back after a reply that could not be written. */
  async rewind(streamId: string, { kind, from, to }: Pick<Outcome<State>, 'kind' | 'from' | 'to'>): Promise<void> {
    // The answer to a repeated command moved no cursor.
    if (kind !== 'repeated' && from !== null && from < to) await this.store.rewind(streamId, to, from);
  }

  /**
   * Who may not see a stream must not move its cursor either. A state from the cache may be old: what it refuses or leaves
   * open is decided after a look, the same as for a stream that there is not.
   */
  private async admit(streamId: string, held: Held<State>, check: (state: State) => boolean): Promise<void> {
    if (held.folded !== undefined && allows(check, held.folded.state)) return;
    check((await this.refresh(streamId, held)).folded.state);
  }

  private async executeHeld(
    streamId: string,
    held: Held<State>,
    execution: Execution<Command, State>,
  ): Promise<Outcome<State>> {
    // A state from the cache may be old: what it refuses, finds nothing to do for or remembers is believed after a look only.
    let isFresh = held.folded === undefined;
    let folded = held.folded ?? (await this.refresh(streamId, held)).folded;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const earlier = this.kind.findCommand(folded.state, execution.commandId);
      if (earlier !== undefined) {
        if (!isFresh) {
          folded = (await this.refresh(streamId, held)).folded;
          isFresh = true;
          continue;
        }
        // Who may not do it now may not have its answer either.
        execution.commands(folded.state, Math.max(this.clock.nowMs(), folded.lastAtMs));
        if (await this.store.confirm(streamId, earlier.last)) return this.repeated(streamId, folded, earlier);
        folded = await this.catchUp(streamId, held, folded, { outcome: 'rolled-back' });
        isFresh = true;
        continue;
      }
      const recorded = this.decide(folded, held.lost, execution, isFresh);
      if (recorded.length === 0) {
        if (isFresh) return this.unchanged(streamId, held, execution);
        folded = (await this.refresh(streamId, held)).folded;
        isFresh = true;
        continue;
      }
      const entries = this.encode(folded, recorded);
      const result = await this.store.append(streamId, this.appendRequest(folded, recorded, entries, execution));
      if (result.outcome === 'appended') {
        const after = this.foldAppended(folded, recorded, entries, result.replyFrom);
        this.hold(streamId, held, after);
        return this.outcome(streamId, after, 'appended', result.replyFrom);
      }
      // A try whose answer was lost may have been carried out: then its events are among those that came meanwhile.
      const own = await this.ownRun(streamId, folded, result, execution.commandId);
      folded = await this.catchUp(streamId, held, folded, result);
      isFresh = true;
      // One that the state remembers may be another caller's; it is answered above. Nobody but us knows the others.
      const isOurs = own !== undefined && this.kind.findCommand(folded.state, execution.commandId) === undefined;
      if (isOurs && (await this.store.confirm(streamId, own.last))) return this.repeated(streamId, folded, own);
    }
    throw new StoreUnavailableError(`${TRIES_MAX} appends in a row came after another writer's`);
  }

  /** Decides command after command; `[]` also when a rule refuses on a state that may be old. */
  private decide(
    folded: Folded<State>,
    lost: number,
    { commands, commandId, verbose }: Execution<Command, State>,
    isFresh: boolean,
  ): Recorded<Event>[] {
    const { decider } = this.kind;
    const atMs = Math.max(this.clock.nowMs(), folded.lastAtMs);
    const context = { atMs, commandId, verbose: verbose ?? false };
    const recorded: Recorded<Event>[] = [];
    let { state } = folded;
    let last = folded.last ?? BEFORE_FIRST;
    // Whoever has seen what is lost must not take what comes for it.
    if (folded.last !== null && lost > last.position) last = { position: lost, n: 0 };
    try {
      const list = commands(state, atMs);
      for (let index = 0; index < list.length; index += 1) {
        const command = list[index];
        if (command === undefined) continue;
        const step = recordEvents(last, decider.decide(command, state), decider.isPositioned, context);
        last = step.at(-1) ?? last;
        if (index < list.length - 1) state = step.reduce(decider.evolve, state);
        recorded.push(...step);
      }
    } catch (error) {
      if (isFresh || !(error instanceof DomainError)) throw error;
      return [];
    }
    return recorded;
  }

  private encode(folded: Folded<State>, recorded: readonly Recorded<Event>[]): NewEntry[] {
    let { hash } = folded;
    return recorded.map((record) => {
      const { line, body } = this.kind.codec.encode(record, folded.state);
      hash = chainHash(hash, record, line, body);
      return { position: record.position, n: record.n, line, body, hash };
    });
  }

  private appendRequest(
    folded: Folded<State>,
    recorded: readonly Recorded<Event>[],
    entries: readonly NewEntry[],
    { reply, isFromCustomer }: Execution<Command, State>,
  ): AppendRequest {
    const atMs = recorded[0]?.atMs ?? 0;
    const events = recorded.map(({ event }) => event);
    return {
      ...this.kind.effectsOf(events, folded.state, atMs, folded.lastAtMs),
      expected: folded.last,
      entries,
      ...(reply === undefined
        ? {}
        : { reply: { from: startBefore(reply.from, endOf(folded)), to: entries.at(-1)?.position ?? 0 } }),
      ...(isFromCustomer === true ? { seenAtMs: atMs } : {}),
      ...(folded.sinceCheckpoint >= CHECKPOINT_EVERY && folded.last !== null
        ? { checkpoint: writeCheckpoint(folded, folded.last), blocks: newBlocks(folded) }
        : {}),
    };
  }

  private foldAppended(
    folded: Folded<State>,
    recorded: readonly Recorded<Event>[],
    entries: readonly NewEntry[],
    replyFrom: number | null,
  ): Folded<State> {
    let after = folded.sinceCheckpoint >= CHECKPOINT_EVERY ? afterCheckpoint(folded) : folded;
    for (const [index, record] of recorded.entries()) {
      const entry = entries[index];
      if (entry !== undefined) after = foldOne(after, this.kind.decider.evolve, { ...record, replyFrom }, entry);
    }
    return after;
  }

  /** What the command itself has done since this process last looked. */
  private async ownRun(
    streamId: string,
    { last }: Folded<State>,
    result: Exclude<AppendResult, { outcome: 'appended' }>,
    commandId: string,
  ): Promise<EarlierRun | undefined> {
    const from = last === null ? BEFORE_FIRST : { position: last.position, n: last.n + 1 };
    const since =
      (result.outcome === 'conflict' ? result.missed : null) ??
      (await this.store.read(streamId, from, { position: MAX_N, n: 0 }));
    // Most entries are somebody else's: only those that name the command at all are worth reading.
    const name = JSON.stringify(commandId);
    const own = since.findLast(
      (entry) => entry.body.includes(name) && this.kind.codec.decode(entry).commandId === commandId,
    );
    return own === undefined ? undefined : { last: { position: own.position, n: own.n }, replyFrom: own.replyFrom };
  }

  /** Another writer came before, or the stream is not what this process believed. */
  private async catchUp(
    streamId: string,
    held: Held<State>,
    folded: Folded<State>,
    result: Exclude<AppendResult, { outcome: 'appended' }>,
  ): Promise<Folded<State>> {
    if (result.outcome === 'conflict') {
      this.options.onConflict?.();
      if (result.missed !== null) {
        const caughtUp = this.foldEntries(folded, result.missed);
        this.hold(streamId, held, caughtUp);
        return caughtUp;
      }
    }
    if (result.outcome === 'rolled-back') this.noteLoss(streamId, held, folded);
    // Gone, rolled back, far ahead, or created by an earlier try of this command: a fresh look tells which.
    held.folded = undefined;
    return (await this.refresh(streamId, held)).folded;
  }

  private noteLoss(streamId: string, held: Held<State>, folded: Folded<State> | undefined): void {
    held.lost = Math.max(held.lost, folded?.last?.position ?? 0);
    this.options.onRolledBack?.(streamId);
  }

  private async unchanged(
    streamId: string,
    held: Held<State>,
    { reply, isFromCustomer }: Execution<Command, State>,
  ): Promise<Outcome<State>> {
    const { folded, replyFrom } = await this.refresh(streamId, held, reply, isFromCustomer);
    return this.outcome(streamId, folded, 'unchanged', replyFrom);
  }

  private async repeated(streamId: string, folded: Folded<State>, earlier: EarlierRun): Promise<Outcome<State>> {
    const to = earlier.last.position;
    const lines = earlier.replyFrom === null ? [] : await this.linesOf(streamId, folded, earlier.replyFrom, to);
    return { state: folded.state, kind: 'repeated', from: earlier.replyFrom, to, lines };
  }

  private outcome(
    streamId: string,
    folded: Folded<State>,
    kind: Outcome<State>['kind'],
    from: number | null,
  ): Outcome<State> | Promise<Outcome<State>> {
    const { state } = folded;
    const to = endOf(folded);
    if (from === null || from >= to) return { state, kind, from, to, lines: [] };
    const lines = this.linesOf(streamId, folded, from, to);
    return lines instanceof Promise
      ? lines.then((fetched) => ({ state, kind, from, to, lines: fetched }))
      : { state, kind, from, to, lines };
  }

  /** The lines after `from` up to `to`: from memory, or the missing older ones from the store. */
  private linesOf(
    streamId: string,
    folded: Folded<State>,
    from: number,
    to: number,
  ): readonly string[] | Promise<readonly string[]> {
    return from + 1 < folded.linesFrom
      ? this.fetchLines(streamId, folded, from, to)
      : shownLines(folded.lines, folded.linesFrom, from, to);
  }

  /** Older lines come in blocks, and stay: those who ask for them ask again. */
  private async fetchLines(
    streamId: string,
    folded: Folded<State>,
    from: number,
    to: number,
  ): Promise<readonly string[]> {
    const held = this.busy.get(streamId);
    const blocks = held?.blocks ?? (await this.readBlocks(streamId, folded.linesFrom - 1));
    if (held !== undefined && held.blocks === undefined) {
      held.blocks = blocks;
      held.bytes += blocks.reduce((bytes, { length }) => bytes + length, 0);
      this.cache.set(streamId, held);
    }
    const before = folded.linesFrom - 1;
    const older = linesOfBlocks(blocks, from, Math.min(to, before));
    return to > before ? [...older, ...shownLines(folded.lines, folded.linesFrom, before, to)] : older;
  }

  private async readBlocks(streamId: string, toPosition: number): Promise<readonly string[]> {
    const count = Math.ceil(toPosition / BLOCK);
    const texts = await this.store.readBlocks(streamId, 0, count - 1);
    const stored = texts.filter((text) => text !== undefined);
    if (stored.length === count) return stored;
    // Derived data may be missing: the events are still there. Where nothing is to be seen there is no line.
    const lines = Array<string>(toPosition).fill('');
    const entries = await this.store.read(streamId, { position: 1, n: 0 }, { position: toPosition, n: 0 });
    for (const { position, n, line } of entries) if (n === 0) lines[position - 1] = line;
    return cutIntoBlocks(lines);
  }

  /** Brings the held state up to date; with `reply` the customer's cursor is read and moved in the same step. */
  private async refresh(
    streamId: string,
    held: Held<State>,
    reply?: { readonly from: ReplyStart },
    isFromCustomer = false,
  ): Promise<{ folded: Folded<State>; replyFrom: number | null; lastSeenMs: number }> {
    const result = await this.store.sync(streamId, {
      known: held.folded?.last ?? null,
      callId: newCallId(),
      ...(reply === undefined ? {} : { reply }),
      ...(isFromCustomer ? { seenAtMs: this.clock.nowMs() } : {}),
    });
    if (result.outcome === 'missing') {
      held.folded = undefined;
      return { folded: this.nothing(), replyFrom: null, lastSeenMs: 0 };
    }
    if (result.outcome === 'rolled-back') {
      this.noteLoss(streamId, held, held.folded);
      held.folded = undefined;
      return this.refresh(streamId, held, reply, isFromCustomer);
    }
    const { isAfresh, checkpoint, entries, replyFrom, lastSeenMs } = result;
    const known = isAfresh ? undefined : held.folded;
    const base = known ?? (checkpoint === null ? this.nothing() : readCheckpoint<State>(checkpoint));
    const folded =
      base === undefined
        ? // A checkpoint of another form is of no use: every event is read.
          this.foldEntries(this.nothing(), await this.store.read(streamId, BEFORE_FIRST, { position: MAX_N, n: 0 }))
        : this.foldEntries(base, entries);
    if (folded !== held.folded) this.hold(streamId, held, folded);
    return { folded, replyFrom, lastSeenMs };
  }

  private nothing(): Folded<State> {
    return emptyFolded(this.kind.decider.initialState());
  }

  private foldEntries(folded: Folded<State>, entries: readonly StoredEntry[]): Folded<State> {
    let after = folded;
    for (const entry of entries) {
      after = foldOne(after, this.kind.decider.evolve, this.kind.codec.decode(entry), entry);
    }
    return after;
  }

  private hold(streamId: string, held: Held<State>, folded: Folded<State>): void {
    const { lines } = folded;
    held.bytes += folded === held.folded ? 0 : Math.max(0, lines.length - held.counted) * LINE_BYTES;
    held.counted = lines.length;
    // Lines that begin elsewhere than before follow other blocks.
    if (held.folded?.linesFrom !== folded.linesFrom) held.blocks = undefined;
    held.folded = folded;
    this.cache.set(streamId, held);
  }

  /** One at a time per stream: requests of this process need not compete with each other. */
  private exclusively<T>(streamId: string, task: (held: Held<State>) => Promise<T>): Promise<T> {
    let held = this.busy.get(streamId);
    if (held === undefined) {
      held = this.cache.get(streamId) ?? {
        folded: undefined,
        waiting: 0,
        tail: undefined,
        bytes: HELD_BYTES,
        counted: 0,
        blocks: undefined,
        lost: 0,
      };
      this.busy.set(streamId, held);
    }
    const mine = held;
    const leave = (): undefined => {
      mine.waiting -= 1;
      if (mine.waiting > 0) return;
      mine.tail = undefined;
      this.busy.delete(streamId);
    };
    mine.waiting += 1;
    // Who waits behind a call that the store did not answer is told with it: deadlines must not add up in the queue.
    const run =
      mine.tail === undefined
        ? task(mine)
        : mine.tail.then((storeIsAway) => (storeIsAway === undefined ? task(mine) : Promise.reject(storeIsAway)));
    mine.tail = run.then(leave, (error: unknown) => {
      leave();
      return isUnanswered(error) ? error : undefined;
    });
    return run;
  }
}

/** A store that refuses a write has answered at once, and may still answer those who only read. */
const isUnanswered = (error: unknown): error is StoreUnavailableError =>
  error instanceof StoreUnavailableError && classifyRedisFailure(error.cause) !== 'refused';

/** Whether a state that may be old lets somebody look for certain. */
const allows = <State>(check: (state: State) => boolean, state: State): boolean => {
  try {
    return check(state);
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
};

/** A reply shows the events of its own command, even to a customer who believes to be beyond them. */
const startBefore = (start: ReplyStart, end: number): ReplyStart => (start === 'cursor' ? start : Math.min(start, end));

/** The lines at positions after `from` up to `to`; the customer's own join, which comes first, and holes have none. */
const shownLines = (lines: readonly string[], linesFrom: number, from: number, to: number): readonly string[] => {
  const shown = lines.slice(from + 1 - linesFrom, to + 1 - linesFrom);
  return shown.includes('') ? shown.filter((line) => line !== '') : shown;
};

const endOf = (folded: Folded<unknown>): number => folded.last?.position ?? 0;

/** Calls are told apart by a prefix of this process and a count. */
const CALL_PREFIX = randomBytes(6).toString('base64url');
let calls = 0;
const newCallId = (): string => `${CALL_PREFIX}${(calls += 1)}`;
