import { setTimeout as pause } from 'node:timers/promises';
import { classifyRedisFailure } from './redis-failure.js';

/** Redis could not be reached, or did not take a command, until the deadline. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly code = 'STORE_UNAVAILABLE';
}

/** First and longest pause between two tries, in milliseconds. */
const PAUSE_MS = 20;
const PAUSE_MAX_MS = 250;

/**
 * Runs an operation that may safely be run again, until it succeeds or the deadline passes. Each try must carry the
 * same command id: after a lost reply nobody knows whether the try before was applied.
 * @param operation - `attempt` counts from 0
 * @param deadlineMs - time for all tries together
 * @throws StoreUnavailableError when time is up or Redis refuses all writes
 */
export const retryUntil = <T>(
  operation: (attempt: number) => Promise<T>,
  deadlineMs: number,
  nowMs: () => number = () => performance.now(),
): Promise<T> => {
  const endMs = nowMs() + deadlineMs;
  // The socket's own time limit bounds the first try; a timer for every command would cost more than the command.
  return operation(0).catch((error: unknown) => retryAfter(error, operation, endMs, nowMs));
};

const retryAfter = async <T>(
  firstError: unknown,
  operation: (attempt: number) => Promise<T>,
  endMs: number,
  nowMs: () => number,
): Promise<T> => {
  let error = firstError;
  for (let attempt = 1; ; attempt += 1) {
    const failure = error instanceof StoreUnavailableError ? 'unknown' : classifyRedisFailure(error);
    if (failure === 'broken') throw error;
    const pauseMs = Math.min(PAUSE_MS * 2 ** (attempt - 1), PAUSE_MAX_MS);
    if (failure === 'refused' || nowMs() + pauseMs >= endMs) {
      throw new StoreUnavailableError('Redis did not take the command in time', { cause: error });
    }
    await pause(pauseMs);
    try {
      return await within(operation(attempt), endMs - nowMs());
    } catch (next) {
      error = next;
    }
  }
};

/** The client may hold a command while it connects: no caller waits for that beyond its own deadline. */
const within = async <T>(promise: Promise<T>, timeMs: number): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        reject(new StoreUnavailableError('Redis did not answer in time'));
      },
      Math.max(timeMs, 1),
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
