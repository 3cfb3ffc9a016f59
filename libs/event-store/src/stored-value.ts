import { type EntryId, parseEntryId } from '@app/domain';
import type { StoredEntry } from './event-store.js';

/**
 * The single field of a stream entry: `line \n body \n hash \n replyFrom`. The line stands first, so that a replay cuts
 * it off without looking at the rest; the script adds `replyFrom`, which no writer knows beforehand, at the end.
 */
export const writeValue = ({ line, body, hash }: Omit<StoredEntry, 'replyFrom'>): string =>
  `${line}\n${body}\n${hash}\n`;

/** Reads an entry back. @throws Error naming the entry when it is not of that form */
export const readEntry = (id: string, value: string): StoredEntry => {
  const afterLine = value.indexOf('\n');
  const afterBody = value.indexOf('\n', afterLine + 1);
  const afterHash = value.indexOf('\n', afterBody + 1);
  if (afterLine < 0 || afterBody < 0 || afterHash < 0) {
    throw new Error(`stream entry ${id}: expected four parts separated by line feeds`);
  }
  const { position, n }: EntryId = parseEntryId(id);
  const from = value.slice(afterHash + 1);
  return {
    position,
    n,
    line: value.slice(0, afterLine),
    body: value.slice(afterLine + 1, afterBody),
    hash: value.slice(afterBody + 1, afterHash),
    replyFrom: from === '' ? null : Number(from),
  };
};

/** An entry as Redis returns it. */
export type RawEntry = readonly [id: string, fields: readonly [name: string, value: string]];

export const rawEntries = (raw: readonly RawEntry[]): readonly StoredEntry[] =>
  raw.map(([id, fields]) => readEntry(id, fields[1]));
