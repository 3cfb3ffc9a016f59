import type { WireEvent } from '../../conformance/customer.js';
import type { HistoryLine, Reading, Transcript, Try } from './history.js';

export const VIOLATIONS = [
  'lost',
  'doubled',
  'ghost',
  'leaked',
  'wrong position',
  'gap',
  'out of order',
  'stale',
  'readers differ',
  'chain broken',
  'time went back',
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly chat: string;
  /** What is wrong, in words. */
  readonly what: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Writes that were answered 200. */
  readonly kept: number;
  /** Writes of which nobody was ever told what became of them. */
  readonly unknown: number;
  /** Writes that were refused for certain. */
  readonly refused: number;
  readonly readings: number;
  /** Events that were shown and are in no transcript any more: reported, as only a failover may do that. */
  readonly rolledBack: number;
}

/** The customer's own join has position 1 and is not shown. */
const FIRST_SHOWN = 2;

const keyOf = (event: WireEvent): string => JSON.stringify(event);
const textOf = ([type, , text]: WireEvent): string | undefined => (type === 'Message.Text' ? text : undefined);

/** One write: its tries together. */
interface Write {
  readonly text: string;
  readonly chat: string;
  readonly tries: readonly Try[];
  readonly outcome: 'kept' | 'refused' | 'unknown';
  /** When its first try began, and when the first answer came that it is kept. */
  readonly begun: number;
  readonly keptAt: number;
}

const writeOf = (text: string, tries: readonly Try[]): Write => {
  const kept = tries.filter(({ outcome }) => outcome === 'kept');
  const isRefused = tries.every(({ outcome }) => outcome === 'refused');
  return {
    text,
    chat: tries[0]?.chat ?? '',
    tries,
    outcome: kept.length > 0 ? 'kept' : isRefused ? 'refused' : 'unknown',
    begun: Math.min(...tries.map(({ begun }) => begun)),
    keptAt: Math.min(...kept.map(({ ended }) => ended)),
  };
};

const groupBy = <T>(things: readonly T[], nameOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const name = nameOf(thing);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [thing]);
    else group.push(thing);
  }
  return groups;
};

/** Compares all that clients were told with the transcripts at the end. Pure. */
export const checkHistory = (lines: readonly HistoryLine[]): Verdict => {
  const tries = lines.filter((line) => line.kind === 'try');
  const readings = lines.filter((line) => line.kind === 'reading');
  const transcripts = groupBy(
    lines.filter((line) => line.kind === 'transcript'),
    ({ chat }) => chat,
  );
  const writes = [...groupBy(tries, ({ text }) => text)].map(([text, all]) => writeOf(text, all));
  const ownerOf = new Map(writes.map(({ text, chat }) => [text, chat]));
  const writesOf = groupBy(writes, ({ chat }) => chat);
  const readingsOf = groupBy(readings, ({ chat }) => chat);
  const violations: Violation[] = [];
  let rolledBack = 0;
  for (const chat of new Set([...transcripts.keys(), ...writesOf.keys()])) {
    const check = new ChatCheck(chat, transcripts.get(chat) ?? [], ownerOf);
    check.transcripts();
    check.writes(writesOf.get(chat) ?? []);
    check.readings(readingsOf.get(chat) ?? [], writesOf.get(chat) ?? []);
    violations.push(...check.violations);
    rolledBack += check.rolledBack;
  }
  const count = (outcome: Write['outcome']): number => writes.filter((write) => write.outcome === outcome).length;
  return {
    violations,
    kept: count('kept'),
    unknown: count('unknown'),
    refused: count('refused'),
    readings: readings.length,
    rolledBack,
  };
};

/** Everything about one chat. The first transcript is what the others are compared with. */
class ChatCheck {
  readonly violations: Violation[] = [];
  rolledBack = 0;
  private readonly eventAt = new Map<number, string>();
  private readonly placesOf = new Map<string, number[]>();
  private readonly placesOfText = new Map<string, number[]>();

  constructor(
    private readonly chat: string,
    private readonly read: readonly Transcript[],
    private readonly ownerOf: ReadonlyMap<string, string>,
  ) {
    for (const { position, event } of read[0]?.events ?? []) {
      const key = keyOf(event);
      this.eventAt.set(position, key);
      add(this.placesOf, key, position);
      const text = textOf(event);
      if (text !== undefined) add(this.placesOfText, text, position);
    }
  }

  /** Each by itself, then all with the first. */
  transcripts(): void {
    const [first, ...others] = this.read;
    if (first === undefined) {
      this.complain('lost', 'the whole chat');
      return;
    }
    let seconds = 0;
    for (const [index, { position, event }] of first.events.entries()) {
      if (position !== index + FIRST_SHOWN) {
        this.complain('gap', `${position} where ${index + FIRST_SHOWN} was due, as ${first.reader} has it`);
        break;
      }
      const at = Number(event[3]);
      if (at < seconds) this.complain('time went back', `${at} s at ${position}, after ${seconds} s`);
      seconds = Math.max(seconds, at);
    }
    for (const text of this.placesOfText.keys()) {
      const owner = this.ownerOf.get(text);
      if (owner === undefined) this.complain('ghost', `"${text}", which nobody wrote`);
      else if (owner !== this.chat) this.complain('leaked', `"${text}" of ${owner}`);
    }
    for (const other of others) {
      const difference = differenceOf(first, other);
      if (difference !== undefined) this.complain('readers differ', `${first.reader}, ${other.reader}: ${difference}`);
    }
    for (const { brokenAt, reader } of this.read) {
      if (brokenAt !== undefined) this.complain('chain broken', `at ${brokenAt}, as ${reader} has it`);
    }
  }

  /** What was kept is there once, where it was said to be; what was refused is not. */
  writes(writes: readonly Write[]): void {
    if (this.read.length === 0) return;
    for (const { text, tries, outcome } of writes) {
      const places = this.placesOfText.get(text) ?? [];
      if (outcome === 'kept' && places.length === 0) this.complain('lost', `"${text}"`);
      if (outcome === 'refused' && places.length > 0) this.complain('ghost', `"${text}", which was refused`);
      if (places.length > 1) this.complain('doubled', `"${text}" at ${places.join(' and ')}`);
      const wrong = tries.find(({ position }) => position !== undefined && !places.includes(position));
      if (places.length > 0 && wrong !== undefined) {
        this.complain('wrong position', `"${text}" was answered ${String(wrong.position)}, is at ${places.join()}`);
      }
    }
    this.realTime(writes);
  }

  /** What was answered before something else was asked comes first. */
  private realTime(writes: readonly Write[]): void {
    const placed = writes.flatMap((write) => {
      const place = this.placesOfText.get(write.text)?.[0];
      return place === undefined ? [] : [{ ...write, place }];
    });
    const byAnswer = placed
      .filter(({ keptAt }) => Number.isFinite(keptAt))
      .toSorted((one, other) => one.keptAt - other.keptAt);
    let next = 0;
    let latest = { place: 0, text: '' };
    for (const write of placed.toSorted((one, other) => one.begun - other.begun)) {
      for (let before = byAnswer[next]; before !== undefined && before.keptAt < write.begun; before = byAnswer[next]) {
        if (before.place > latest.place) latest = before;
        next += 1;
      }
      if (write.place < latest.place) {
        this.complain('out of order', `"${write.text}" at ${write.place}, begun after "${latest.text}" was answered`);
      }
    }
  }

  /** Every answer showed a piece of the transcript, at the positions that it claimed, and nothing older than was known. */
  readings(readings: readonly Reading[], writes: readonly Write[]): void {
    if (this.read.length === 0) return;
    const known = writes
      .flatMap(({ tries }) => tries)
      .flatMap(({ position, ended }) => (position === undefined ? [] : [{ position, ended }]))
      .concat(readings)
      .toSorted((one, other) => one.ended - other.ended);
    let next = 0;
    let least = 0;
    for (const reading of readings.toSorted((one, other) => one.begun - other.begun)) {
      for (let before = known[next]; before !== undefined && before.ended < reading.begun; before = known[next]) {
        least = Math.max(least, before.position);
        next += 1;
      }
      if (reading.position < least) {
        this.complain('stale', `${reading.reader} was shown up to ${reading.position}, ${least} was known`);
      }
      this.piece(reading);
    }
  }

  private piece({ reader, after, position, events }: Reading): void {
    const from = position - events.length;
    if (after !== undefined && after < position && Math.max(after, FIRST_SHOWN - 1) !== from) {
      this.complain('gap', `${reader} asked for what comes after ${after} and was shown ${from + 1} to ${position}`);
    }
    for (const [index, event] of events.entries()) {
      const claimed = from + 1 + index;
      const key = keyOf(event);
      if (this.eventAt.get(claimed) === key) continue;
      const text = textOf(event);
      const owner = text === undefined ? undefined : this.ownerOf.get(text);
      const places = this.placesOf.get(key);
      if (owner !== undefined && owner !== this.chat) {
        this.complain('leaked', `${reader} was shown "${text ?? ''}" of ${owner}`);
      } else if (places === undefined) this.rolledBack += 1;
      else this.complain('out of order', `${reader} was shown at ${claimed} what is at ${places.join()}`);
    }
  }

  private complain(kind: ViolationKind, what: string): void {
    this.violations.push({ kind, chat: this.chat, what });
  }
}

const add = (lists: Map<string, number[]>, name: string, place: number): void => {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [place]);
  else list.push(place);
};

const differenceOf = (one: Transcript, other: Transcript): string | undefined => {
  const length = Math.max(one.events.length, other.events.length);
  for (let index = 0; index < length; index += 1) {
    const [mine, theirs] = [JSON.stringify(one.events[index] ?? null), JSON.stringify(other.events[index] ?? null)];
    if (mine !== theirs) return `${mine} and ${theirs}`;
  }
  return undefined;
};
