import { NoAnswer, Refused } from './v1-client.js';

/** Time, as tests may have it faster. */
export interface Clock {
  /** Milliseconds since whenever. */
  now(): number;
  /** Resolves after a time, or at once when it is over. */
  pause(ms: number, over: AbortSignal): Promise<void>;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  pause: (ms, over) =>
    new Promise((resolve) => {
      if (over.aborted) {
        resolve();
        return;
      }
      const end = (): void => {
        clearTimeout(timer);
        over.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      over.addEventListener('abort', end);
    }),
};

/** Asked anew each time: what was true before an `await` need not be true after it. */
export const isOver = (over: AbortSignal): boolean => over.aborted;

/** How long after a try that failed comes the next, in milliseconds: at first, and at most. */
const AGAIN_MS = 1_000;
const AGAIN_MAX_MS = 10_000;

/** Whether the same request may succeed later: the server is busy or away, or nobody knows what became of it. */
const mayPass = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof Refused && (error.status === 429 || error.status >= 500));

export interface Persistence {
  /** Ends the tries. */
  readonly over: AbortSignal;
  /** Called for each try that failed and is not the last. */
  readonly onTrouble: () => void;
  /** After so long nobody tries any more, in milliseconds. */
  readonly giveUpMs?: number;
  readonly clock?: Clock;
}

/**
 * Does something that may be done twice, until the server has taken or refused it.
 * @throws whatever the last try threw
 */
export const retried = async <T>(what: () => Promise<T>, persistence: Persistence): Promise<T> => {
  const { over, onTrouble, giveUpMs = Infinity, clock = CLOCK } = persistence;
  const giveUpAt = clock.now() + giveUpMs;
  for (let againMs = AGAIN_MS; ; againMs = Math.min(AGAIN_MAX_MS, againMs * 2)) {
    try {
      return await what();
    } catch (error) {
      if (!mayPass(error) || isOver(over) || clock.now() > giveUpAt) throw error;
      onTrouble();
      await clock.pause(againMs, over);
      if (isOver(over)) throw error;
    }
  }
};
