import type { EntryId, Recorded } from '../recorded.js';

/** What a command did, so that its repeat gets the same answer. */
export interface CommandRecord {
  readonly commandId: string;
  readonly atMs: number;
  /** The command's last event. */
  readonly last: EntryId;
  /** The cursor from which its reply showed events; null when it showed none. */
  readonly replyFrom: number | null;
}

/**
 * The commands of the recent past. Kept in chunks, so that one more costs the same however many there are; plain data,
 * so that a checkpoint can hold it.
 */
export interface CommandMemory {
  /** Full chunks, oldest first. */
  readonly chunks: readonly (readonly CommandRecord[])[];
  readonly recent: readonly CommandRecord[];
}

export const NO_COMMANDS: CommandMemory = { chunks: [], recent: [] };

/** How long a command id is remembered, in milliseconds, and how many are at most. */
export const COMMAND_MEMORY_MS = 600_000;
export const COMMAND_MEMORY_MAX = 1_024;

/**
 * First character of ids that a process made for one request. Nobody but that process, while it carries the request out,
 * can ask for them again, and it looks at the events themselves: they are not remembered.
 */
export const TRANSIENT_PREFIX = '~';

const CHUNK = 32;

/** Puts a full chunk to the others and forgets what is too old or too much. */
const pack = ({ chunks, recent }: CommandMemory, nowMs: number): CommandMemory['chunks'] => {
  const kept = [...chunks, recent].flat().filter(({ atMs }) => nowMs - atMs <= COMMAND_MEMORY_MS);
  const newest = kept.slice(-(COMMAND_MEMORY_MAX - CHUNK));
  const packed: CommandRecord[][] = [];
  for (let from = 0; from < newest.length; from += CHUNK) packed.push(newest.slice(from, from + CHUNK));
  return packed;
};

/** Adds the event's command to the memory, or moves its end. */
export const rememberCommand = (
  memory: CommandMemory,
  { commandId, atMs, position, n, replyFrom }: Recorded<unknown>,
): CommandMemory => {
  if (commandId.startsWith(TRANSIENT_PREFIX)) return memory;
  const record = { commandId, atMs, last: { position, n }, replyFrom };
  const { chunks, recent } = memory;
  if (recent.at(-1)?.commandId === commandId) return { chunks, recent: [...recent.slice(0, -1), record] };
  if (recent.length < CHUNK) return { chunks, recent: [...recent, record] };
  return { chunks: pack(memory, atMs), recent: [record] };
};

/** The record of a command that is still remembered. */
export const findCommand = ({ chunks, recent }: CommandMemory, commandId: string): CommandRecord | undefined => {
  // From the end: a retry follows its first try closely.
  const is = (record: CommandRecord): boolean => record.commandId === commandId;
  const found = recent.findLast(is);
  if (found !== undefined) return found;
  for (let index = chunks.length - 1; index >= 0; index -= 1) {
    const older = chunks[index]?.findLast(is);
    if (older !== undefined) return older;
  }
  return undefined;
};
