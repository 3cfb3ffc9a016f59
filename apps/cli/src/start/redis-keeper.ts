import { setTimeout as pause } from 'node:timers/promises';
import type { EmbeddedRedis } from '@app/redis';

/** How long after its end the server is started again, in milliseconds. */
const RESTART_MS = 1_000;
/** How many starts in a row may fail before nothing but a person can help. */
const MAX_ATTEMPTS = 5;

/**
 * Starts our Redis again whenever it ends: the services wait for it meanwhile. Resolves after `stop` has aborted, when no
 * start is under way any more.
 * @throws the error of the last attempt when it cannot be started any more
 */
export const keepRedis = async (
  redis: EmbeddedRedis,
  stop: AbortSignal,
  report: (line: string) => void,
): Promise<void> => {
  const stopped = new Promise<void>((resolve) => {
    stop.addEventListener('abort', () => {
      resolve();
    });
  });
  for (;;) {
    await Promise.race([redis.current().exited, stopped]);
    for (let attempt = 1; ; attempt += 1) {
      if (stop.aborted) return;
      report(`Redis has ended; it is started again in ${RESTART_MS / 1000} s (its log: ${redis.logFile})`);
      if (!(await pause(RESTART_MS, true, { signal: stop }).catch(() => false))) return;
      try {
        await redis.restart();
        report('Redis is back.');
        break;
      } catch (error) {
        if (attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }
};
