import { hash } from 'node:crypto';
import { type EntryId, formatEntryId } from '@app/domain';

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
