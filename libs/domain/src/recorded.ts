/**
 * The place of an event in its stream: `<position>-<n>`. Events that take a `transcriptPosition` raise `position`,
 * all others raise `n`, so the ids are a total order and a replay by position is one range read.
 */
export interface EntryId {
  readonly position: number;
  readonly n: number;
}

/** An event with its envelope, as the stream holds it. */
export interface Recorded<Event> extends EntryId {
  /** Store time in milliseconds since the epoch; never below that of the event before. */
  readonly atMs: number;
  /** The command that caused it; repeated commands are found by it. */
  readonly commandId: string;
  /** Whether the request that caused it asked for the verbose fields. */
  readonly verbose: boolean;
  /** The customer's cursor before the reply to that command, where the command had a reply that shows events. */
  readonly replyFrom: number | null;
  readonly event: Event;
}

/** The place before the first event of a stream. */
export const BEFORE_FIRST: EntryId = { position: 0, n: 0 };

/** `<position>-<n>`, the form of the store and of cursors. */
export const formatEntryId = (id: EntryId): string => `${id.position}-${id.n}`;

/** Reads `<position>-<n>`; the caller knows that it came from the store. */
export const parseEntryId = (text: string): EntryId => {
  const dash = text.indexOf('-');
  return { position: Number(text.slice(0, dash)), n: Number(text.slice(dash + 1)) };
};

/** Negative when `a` is before `b`, 0 when they are the same place. */
export const compareEntryIds = (a: EntryId, b: EntryId): number => a.position - b.position || a.n - b.n;

/** What one command's events share. */
export interface CommandContext {
  readonly atMs: number;
  readonly commandId: string;
  readonly verbose: boolean;
}

/** Gives each event the id that follows the one before it. */
export const recordEvents = <Event>(
  last: EntryId,
  events: readonly Event[],
  isPositioned: (event: Event) => boolean,
  { atMs, commandId, verbose }: CommandContext,
): Recorded<Event>[] => {
  let { position, n } = last;
  return events.map((event) => {
    if (isPositioned(event)) {
      position += 1;
      n = 0;
    } else {
      n += 1;
    }
    return { position, n, atMs, commandId, verbose, replyFrom: null, event };
  });
};

/** More events without a position than ever follow one another. */
const N_MAX = 65_536;

/** The place of an event as one number, which grows along the stream. */
export const ordinalOf = ({ position, n }: EntryId): number => position * N_MAX + n;
