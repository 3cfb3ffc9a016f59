import { retryAfterMs } from './backoff.js';
import { DELIVERED, type PushResult } from './push.js';
import { CallError, type SafeReply } from './safe-http.js';

/** What an HTTP status says, where a provider has no language of its own. @param isDone - which statuses count */
export const resultOf = (
  { status, headers }: Pick<SafeReply, 'status' | 'headers'>,
  isDone: (status: number) => boolean,
): PushResult => {
  if (isDone(status)) return DELIVERED;
  if (status === 410) return { outcome: 'gone' };
  const isPassing = status === 408 || status === 425 || status === 429 || status >= 500;
  if (!isPassing) return { outcome: 'refused', reason: `status ${status}` };
  const afterMs = retryAfterMs(headers['retry-after'], Date.now());
  return { outcome: 'retry', reason: `status ${status}`, ...(afterMs === undefined ? {} : { afterMs }) };
};

/** What a call that came to no answer says. */
export const failureOf = (error: unknown): PushResult => {
  if (!(error instanceof CallError)) throw error;
  return { outcome: error.kind === 'forbidden' ? 'refused' : 'retry', reason: error.reason };
};
