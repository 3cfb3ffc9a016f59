import { ApiProblem } from './agent-api.js';

export interface RetryPolicy {
  /** In all. */
  readonly tries: number;
  /** Before the second try and those after it, in milliseconds; the last counts on. */
  readonly waitsMs: readonly number[];
  readonly sleep: (ms: number) => Promise<void>;
}

const WAIT_MAX_MS = 10_000;

/** Does something again while that may help. @throws what the last try threw */
export const retried = async <T>(task: () => Promise<T>, { tries, waitsMs, sleep }: RetryPolicy): Promise<T> => {
  for (let left = tries - 1, index = 0; ; left -= 1, index += 1) {
    try {
      return await task();
    } catch (error) {
      if (left <= 0 || !(error instanceof ApiProblem) || !error.isPassing) throw error;
      const waitMs = waitsMs[Math.min(index, waitsMs.length - 1)] ?? 0;
      await sleep(Math.min(WAIT_MAX_MS, Math.max(waitMs, error.retryAfterMs ?? 0)));
    }
  }
};

export const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Commands: three tries within a few seconds; then the agent is told. */
export const COMMAND_RETRIES: RetryPolicy = { tries: 3, waitsMs: [500, 2_000], sleep };
