import { type EntryId, parseEntryId } from '@app/domain';
import { RequestError } from '@app/wire';
import type { FastifyRequest } from 'fastify';

const LIMIT = 200;
const LIMIT_MAX = 500;
const ENTRY_ID = /^\d{1,15}-\d{1,15}$/;

interface RawQuery {
  readonly raw?: string;
}

/** The query of a request for a chat, its events, or the list of chats. @throws RequestError naming the parameter */
export const readQuery = ({ query }: FastifyRequest): URLSearchParams => new URLSearchParams((query as RawQuery).raw);

export const readEntryId = (query: URLSearchParams, name: string): EntryId | undefined => {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (ENTRY_ID.test(text)) return parseEntryId(text);
  throw new RequestError('incorrect-value', `${name}: expected the id of an event, such as 12-0`);
};

export const readLimit = (query: URLSearchParams): number => {
  const text = query.get('limit') ?? '';
  if (text === '') return LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new RequestError('incorrect-value', `limit: expected a whole number from 1 to ${LIMIT_MAX}`);
};
