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

/** How long a command id is remembered, in milliseconds, and how many are at most. */
export const COMMAND_MEMORY_MS = 600_000;
export const COMMAND_MEMORY_MAX = 1_024;

/** Adds the event's command to the memory, or moves its end; forgets what is too old or too much. */
export const rememberCommand = (
  commands: readonly CommandRecord[],
  { commandId, atMs, position, n, replyFrom }: Recorded<unknown>,
): readonly CommandRecord[] => {
  const record = { commandId, atMs, last: { position, n }, replyFrom };
  const before = commands.at(-1)?.commandId === commandId ? commands.slice(0, -1) : commands;
  let from = Math.max(0, before.length + 1 - COMMAND_MEMORY_MAX);
  while (from < before.length && atMs - (before[from]?.atMs ?? atMs) > COMMAND_MEMORY_MS) from += 1;
  return [...(from === 0 ? before : before.slice(from)), record];
};

/** The record of a command that is still remembered. */
export const findCommand = (commands: readonly CommandRecord[], commandId: string): CommandRecord | undefined =>
  // From the end: a retry follows its first try closely.
  commands.findLast((record) => record.commandId === commandId);
