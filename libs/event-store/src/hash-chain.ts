import { hash } from 'node:crypto';
import { type EntryId, formatEntryId } from '@app/domain';
import type { StoredEntry } from './event-store.js';

/** The hash before the first event. */
export const CHAIN_START = '';

/** 16 bytes in base64url. */
const HASH_LENGTH = 22;

/**
 * The hash of an entry: SHA-256 over the hash before it, its id and its stored texts, cut to 16 bytes. A changed,
 * missing or swapped entry breaks the chain at its place.
 */
export const chainHash = (before: string, id: EntryId, line: string, body: string): string =>
  hash('sha256', `${before}\n${formatEntryId(id)}\n${line}\n${body}`, 'base64url').slice(0, HASH_LENGTH);

/**
 * Walks the chain.
 * @param entries - those of a stream in order, from its first event on, or those that follow an entry with hash `before`
 * @returns the first entry whose hash is not the one that follows from what is stored; undefined when all are sound
 */
export const verifyChain = (
  entries: Iterable<Pick<StoredEntry, 'position' | 'n' | 'line' | 'body' | 'hash'>>,
  before = CHAIN_START,
): EntryId | undefined => {
  let last = before;
  for (const { position, n, line, body, hash: stored } of entries) {
    if (chainHash(last, { position, n }, line, body) !== stored) return { position, n };
    last = stored;
  }
  return undefined;
};
