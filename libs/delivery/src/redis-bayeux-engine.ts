import { randomBytes } from 'node:crypto';
import type { BayeuxEngine, HandshakeResult, HoldRequest, HoldResult } from '@app/bayeux';
import {
  type Clock,
  newClientId,
  partitionOfClient,
  partitionOfStream,
  partitionOfUser,
  rawEntries,
  type RawEntry,
  userKeyOf,
} from '@app/event-store';
import {
  callScript,
  type KeySpace,
  type RedisConnection,
  retryUntil,
  type ScriptArgument,
  type ScriptName,
  type UserKeys,
} from '@app/redis';
import { LRUCache } from 'lru-cache';
import { isEnd } from './chat-messages.js';
import type { MessageForm } from './message-form.js';
import type { WakeChannels } from './wake-channels.js';

export interface DeliveryOptions {
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
  /** How long a connect is held at most, in milliseconds: a held client expires that much later. */
  readonly holdMs: number;
  /** How long a client may take for its next connect, in milliseconds. */
  readonly expireMs: number;
  /** Bayeux clients of one user; one more ends the oldest. */
  readonly clientsPerUser: number;
  /** Handshakes of one user in ten seconds; more are refused. */
  readonly handshakesPer10S: number;
  /** A client took leave and said how far it has read in the chat of a service: its application is in the background. */
  readonly onLeft?: (serviceId: string) => Promise<void>;
  /** A user has a client again that wants his messages. */
  readonly onSubscribed?: (user: string) => Promise<void>;
}

/** How long a connect waits for another gateway to finish writing the last batch, in milliseconds. */
const IN_FLIGHT_MS = 150;
/** Handshakes of a user are counted over this span, in milliseconds. */
const HANDSHAKES_SPAN_MS = 10_000;

type Collected = readonly [service: string, from: string, last: string, entries: readonly RawEntry[]];

/** What one look of a connect brought. */
type Look =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'superseded' }
  | {
      readonly kind: 'nothing';
      readonly n: number;
      readonly cycle: number;
      readonly elsewhere: readonly string[];
      /** Until a chat that waits for its reply may be told, in milliseconds; undefined when there is none. */
      readonly untilToldMs: number | undefined;
    }
  | { readonly kind: 'in-flight'; readonly n: number; readonly cycle: number }
  | { readonly kind: 'batch'; readonly n: number; readonly cycle: number; readonly chats: readonly Collected[] };

type Nothing = Extract<Look, { kind: 'nothing' }>;
/** What a look makes of a connect: not `unknown-client` by itself, and never `ended`. */
type Found = Exclude<HoldResult, { outcome: 'ended' }>;

const asFirst = (result: Found): HoldResult => ('batch' in result ? { ...result, isFirst: true } : result);

/** How long a hold that found nothing waits at most for a hint before it looks again; undefined while hints are enough. */
const waitMs = (look: Look): number | undefined => {
  if (look.kind === 'in-flight') return IN_FLIGHT_MS;
  return look.kind === 'nothing' ? look.untilToldMs : undefined;
};

const pairsOf = (list: readonly string[]): readonly (readonly [string, string])[] =>
  Array.from({ length: Math.floor(list.length / 2) }, (_, index) => [list[index * 2] ?? '', list[index * 2 + 1] ?? '']);

/** The numbers of batches that this gateway has written, for clients that do not acknowledge; the newest are enough. */
const WRITTEN_MAX = 50_000;
/** Users whose key names are remembered. */
const USERS_MAX = 1_000;

/**
 * Delivery of chats to Bayeux clients: places in the service streams and one script per connect, no copy of a message
 * for a client. Any gateway can take any connect; a batch belongs to the client, not to the gateway that sent it.
 */
export class RedisBayeuxEngine implements BayeuxEngine {
  private readonly gateway = randomBytes(6).toString('base64url');
  private readonly hidden: string;
  private readonly writtenBatches = new Map<string, number>();
  /** Two hashes are worth remembering. */
  private readonly userKeys = new LRUCache<string, UserKeys>({ max: USERS_MAX });

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly wakes: WakeChannels,
    private readonly form: MessageForm,
    private readonly clock: Clock,
    private readonly options: DeliveryOptions,
  ) {
    this.hidden = form.told === 'customer' ? '' : ` ${form.told.allBut.join(' ')} `;
  }

  async handshake({ user }: { readonly user: string }): Promise<HandshakeResult> {
    const partition = partitionOfUser(user, this.keys.partitions);
    const clientId = newClientId(partition, this.keys.partitions);
    const keys = this.keysOf(user);
    const { expireMs, clientsPerUser, handshakesPer10S } = this.options;
    const isMade = await this.call('create-client-4', [
      ...[keys.client + clientId, keys.clients, keys.channel, keys.handshakes],
      ...[clientId, user, this.clock.nowMs(), expireMs, clientsPerUser, keys.client],
      ...[handshakesPer10S, HANDSHAKES_SPAN_MS],
    ]);
    if (isMade === 1) return { outcome: 'created', clientId };
    return { outcome: 'refused', reason: `expected at most ${handshakesPer10S} handshakes of a user in 10 seconds` };
  }

  async userOf(clientId: string): Promise<string | undefined> {
    const partition = partitionOfClient(clientId, this.keys.partitions);
    if (partition === undefined) return undefined;
    const key = this.keys.user(partition, '').client + clientId;
    const [user, expiresMs] = await retryUntil(() => this.redis.hmget(key, 'u', 'x'), this.options.deadlineMs);
    return Number(expiresMs ?? 0) < this.clock.nowMs() ? undefined : (user ?? undefined);
  }

  async subscribe(clientId: string, user: string): Promise<boolean> {
    const isDone = await this.setSubscribed(clientId, user, true);
    if (isDone) await this.options.onSubscribed?.(user);
    return isDone;
  }

  unsubscribe(clientId: string, user: string): Promise<boolean> {
    return this.setSubscribed(clientId, user, false);
  }

  async connect(request: HoldRequest): Promise<HoldResult> {
    const { clientId, user, signal, isImmediate } = request;
    const keys = this.keysOf(user);
    const isOver = (): boolean => signal.aborted;
    if (isImmediate || isOver()) return this.connectOnce(request, keys);
    const hold = new Hold(clientId);
    // Of other partitions; few ever have any.
    let elsewhere: string[] | undefined;
    signal.addEventListener('abort', hold.wake);
    await this.wakes.listen(keys.channel, hold.hear);
    try {
      let cycle: number | undefined;
      let mayRepeat = false;
      for (;;) {
        hold.rest();
        const look = await this.look(request, keys, cycle, mayRepeat);
        // One that was told to go while it was held; whoever comes later does not know it.
        if (look.kind === 'unknown') {
          return { outcome: hold.isEnded && cycle !== undefined ? 'ended' : 'unknown-client' };
        }
        if (look.kind === 'superseded') return { outcome: 'superseded' };
        const isFirst = cycle === undefined && look.cycle === 1;
        cycle = look.cycle;
        const found = await this.resultOf(look, request, keys);
        if (found !== undefined) return isFirst ? asFirst(found) : found;
        if (isFirst) return { outcome: 'nothing', batch: look.n, isFirst };
        if (look.kind === 'nothing' && look.elsewhere.length > 0) {
          elsewhere ??= [];
          await this.listenElsewhere(look.elsewhere, user, elsewhere, hold);
        }
        mayRepeat = look.kind === 'in-flight';
        if (!isOver()) await hold.wait(waitMs(look));
        if (isOver() && !hold.isEnded) return await this.release(clientId, keys, look);
      }
    } finally {
      signal.removeEventListener('abort', hold.wake);
      this.wakes.leave(keys.channel, hold.hear);
      for (const channel of elsewhere ?? []) this.wakes.leave(channel, hold.hear);
    }
  }

  async written(clientId: string, user: string, batch: number): Promise<void> {
    this.writtenBatches.delete(clientId);
    this.writtenBatches.set(clientId, batch);
    if (this.writtenBatches.size > WRITTEN_MAX) {
      const [oldest] = this.writtenBatches.keys();
      if (oldest !== undefined) this.writtenBatches.delete(oldest);
    }
    const keys = this.keysOf(user);
    await this.call('commit-batch-3', [keys.client + clientId, keys.chats, keys.channel, user, batch, clientId]);
  }

  async disconnect(clientId: string, user: string, resumeAfter: number | undefined): Promise<boolean> {
    const keys = this.keysOf(user);
    const place = resumeAfter ?? '';
    const [wasThere, left] = (await this.call('end-client-4', [
      ...[keys.client + clientId, keys.chats, keys.clients, keys.channel],
      ...[clientId, user, place, this.clock.nowMs()],
    ])) as [number, string];
    this.writtenBatches.delete(clientId);
    if (left !== '') await this.options.onLeft?.(left);
    return wasThere === 1;
  }

  private async connectOnce(request: HoldRequest, keys: UserKeys): Promise<HoldResult> {
    const look = await this.look(request, keys, undefined, true);
    if (look.kind === 'unknown') return { outcome: 'unknown-client' };
    if (look.kind === 'superseded') return { outcome: 'superseded' };
    const result: Found = (await this.resultOf(look, request, keys)) ?? { outcome: 'nothing', batch: look.n };
    return look.cycle === 1 ? asFirst(result) : result;
  }

  /** A connect that was held ends with nothing: its client has as long for the next as after any answer. */
  private async release(
    clientId: string,
    keys: UserKeys,
    { n, cycle }: { n: number; cycle: number },
  ): Promise<HoldResult> {
    await this.call('release-client-1', [
      ...[keys.client + clientId, clientId, cycle, this.clock.nowMs(), this.options.expireMs],
    ]);
    return { outcome: 'nothing', batch: n };
  }

  private async look(
    { clientId, user, ack, signal, isImmediate }: HoldRequest,
    keys: UserKeys,
    cycle: number | undefined,
    mayRepeat: boolean,
  ): Promise<Look> {
    const { holdMs, expireMs } = this.options;
    const heldMs = isImmediate || signal.aborted ? '' : holdMs + expireMs;
    const reply = (await this.call('connect-4', [
      ...[keys.client + clientId, keys.chats, keys.channel, keys.clients],
      ...[clientId, user, cycle ?? '', ack ?? '', this.writtenBatches.get(clientId) ?? ''],
      ...[this.gateway, this.clock.nowMs(), heldMs, expireMs, keys.streams, mayRepeat ? '1' : ''],
      this.hidden,
    ])) as [status: number, n: number, cycle: number, rest: unknown[], untilTold: number];
    const [status, n, now, rest, untilTold] = reply;
    if (status === -1) return { kind: 'unknown' };
    if (status === -2) return { kind: 'superseded' };
    if (status === 2) return { kind: 'in-flight', n, cycle: now };
    if (status === 0) {
      const untilToldMs = untilTold < 0 ? undefined : untilTold;
      return { kind: 'nothing', n, cycle: now, elsewhere: rest as string[], untilToldMs };
    }
    const chats: Collected[] = [];
    for (let at = 0; at + 3 < rest.length; at += 4) chats.push(rest.slice(at, at + 4) as unknown as Collected);
    return { kind: 'batch', n, cycle: now, chats };
  }

  private async resultOf(look: Look, request: HoldRequest, keys: UserKeys): Promise<Found | undefined> {
    if (look.kind === 'batch') return this.delivery(look.n, look.chats);
    if (look.kind !== 'nothing' || look.elsewhere.length === 0) return undefined;
    return this.collectElsewhere(look, request, keys);
  }

  /** Chats of services that live in other partitions: read where they are, kept as a batch where the client is. */
  private async collectElsewhere(
    { elsewhere, cycle }: Nothing,
    { clientId, user }: HoldRequest,
    keys: UserKeys,
  ): Promise<Found | undefined> {
    const found = (
      await Promise.all(pairsOf(elsewhere).map(([service, from]) => this.collectFrom(service, from)))
    ).filter((collected) => collected !== undefined);
    if (found.length === 0) return undefined;
    const n = (await this.call('store-batch-2', [
      ...[keys.client + clientId, keys.chats],
      ...[clientId, user, cycle, this.gateway, this.clock.nowMs(), this.options.expireMs],
      ...found.flatMap(([service, from, last, entries]) => [
        ...[service, from, last],
        rawEntries(entries).some(isEnd) ? '1' : '',
      ]),
    ])) as number;
    if (n === -1) return { outcome: 'unknown-client' };
    if (n === -2) return { outcome: 'superseded' };
    return this.delivery(n, found);
  }

  private async collectFrom(service: string, from: string): Promise<Collected | undefined> {
    const entries = await this.range(service, `(${from}`, '+');
    const last = entries.at(-1)?.[0];
    const isNews = last !== undefined && rawEntries(entries).some(this.form.isTold);
    return isNews ? [service, from, last, entries] : undefined;
  }

  private async delivery(n: number, chats: readonly Collected[]): Promise<Found> {
    const messages: string[] = [];
    for (const [service, from, last, inline] of chats) {
      const raw = inline.length > 0 ? inline : await this.range(service, `(${from}`, last);
      messages.push(...(await this.form.messagesOf(service, rawEntries(raw))));
    }
    return { outcome: 'delivered', messages, batch: n };
  }

  private async listenElsewhere(
    elsewhere: readonly string[],
    user: string,
    channels: string[],
    hold: Hold,
  ): Promise<void> {
    for (const [service] of pairsOf(elsewhere)) {
      const { channel } = this.keys.user(partitionOfStream(service, this.keys.partitions), userKeyOf(user));
      if (channels.includes(channel)) continue;
      channels.push(channel);
      await this.wakes.listen(channel, hold.hear);
      hold.wake(); // what came before we listened
    }
  }

  private async setSubscribed(clientId: string, user: string, isOn: boolean): Promise<boolean> {
    const keys = this.keysOf(user);
    const args = [keys.client + clientId, keys.channel, keys.chats, user, isOn ? '1' : '0', this.clock.nowMs()];
    return (await this.call('subscribe-client-3', args)) === 1;
  }

  private range(service: string, from: string, to: string): Promise<readonly RawEntry[]> {
    const { stream } = this.keys.service(partitionOfStream(service, this.keys.partitions), service);
    return retryUntil(
      () => this.redis.xrange(stream, from, to, 'COUNT', 200) as Promise<unknown> as Promise<readonly RawEntry[]>,
      this.options.deadlineMs,
    );
  }

  private call(name: ScriptName, args: readonly ScriptArgument[]): Promise<unknown> {
    return retryUntil(() => callScript(this.redis, name, args), this.options.deadlineMs);
  }

  private keysOf(user: string): UserKeys {
    let keys = this.userKeys.get(user);
    if (keys === undefined) {
      keys = this.keys.user(partitionOfUser(user, this.keys.partitions), userKeyOf(user));
      this.userKeys.set(user, keys);
    }
    return keys;
  }
}

/** A connect that waits: woken by hints, by its abort or by time. */
class Hold {
  private isAwake = false;
  private isEnded_ = false;
  private waiting: (() => void) | undefined;

  constructor(private readonly clientId: string) {}

  /** The client was told to go. */
  get isEnded(): boolean {
    return this.isEnded_;
  }

  /** A hint of the user's channel: an empty one is for all of his clients, another names one; `-` says that it has gone. */
  readonly hear = (message: string): void => {
    if (message === `-${this.clientId}`) this.isEnded_ = true;
    else if (message !== '' && message !== this.clientId) return;
    this.wake();
  };

  readonly wake = (): void => {
    this.isAwake = true;
    this.waiting?.();
  };

  /** What comes from now on is news. */
  rest(): void {
    this.isAwake = false;
  }

  /** @param timeMs - at most; undefined waits for a hint however long that takes */
  async wait(timeMs: number | undefined): Promise<void> {
    if (this.isAwake) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
      if (timeMs !== undefined) timer = setTimeout(resolve, timeMs);
    });
    clearTimeout(timer);
    this.waiting = undefined;
  }
}
