import { setTimeout as pause } from 'node:timers/promises';
import { SettingsError } from '@app/config';
import type { Logger } from '@app/observability';
import type { RedisClock } from '@app/redis';

/** sysexits: the configuration is wrong. */
const EXIT_CONFIG = 78;
/** Pause between two attempts to reach Redis at the start, in milliseconds. */
const REACH_PAUSE_MS = 100;

/** What the life of a process consists of. */
export interface Life {
  readonly logger: Logger;
  readonly clock: Pick<RedisClock, 'isSet' | 'start'>;
  readonly readiness: { open(): void; drain(): void };
  /** How long finishing may take, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** What can be done only once Redis has been reached. */
  readonly open: () => Promise<void>;
  /** Finishes what has begun, in the order in which one needs the other. */
  readonly close: () => Promise<void>;
}

/** Resolves with the reason when this process is told to stop. */
const toldToStop = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
    // Started by a launcher: its end is ours.
    if (process.send === undefined) return;
    process.once('disconnect', () => {
      resolve('disconnect');
    });
  });

const stop = async (
  name: string,
  { logger, readiness, shutdownTimeoutMs, close }: Life,
  reason: string,
): Promise<void> => {
  logger.info({ reason }, `${name} drains`);
  readiness.drain();
  // It keeps the process alive: one that ends because nothing holds it any more would look as if all was finished.
  setTimeout(() => {
    logger.error('work was still under way when time was up');
    process.exit(1);
  }, shutdownTimeoutMs);
  try {
    await close();
  } catch (error) {
    logger.error({ err: error }, 'what had begun could not be finished');
    process.exit(1);
  }
  logger.info(`${name} stopped`);
  process.exit(0);
};

const run = async (name: string, prepare: () => Promise<Life>): Promise<void> => {
  // First of all: whoever starts us may think better of it.
  const stopped = toldToStop();
  const life = await prepare();
  const { logger, clock, readiness, open } = life;
  let reason: string | undefined;
  const isStopping = (): boolean => reason !== undefined;
  void stopped.then((told) => {
    reason = told;
    return stop(name, life, told);
  });
  // Nothing can be done before the time of Redis is known. Why it cannot be reached is logged by the connection itself.
  while (!clock.isSet && !isStopping()) await clock.start().catch(() => pause(REACH_PAUSE_MS));
  if (isStopping()) return;
  try {
    await open();
  } catch (error) {
    // What is being closed cannot open: how the process ends is told by the close.
    if (isStopping()) return;
    throw error;
  }
  if (isStopping()) return;
  readiness.open();
  logger.info(`${name} is ready`);
};

/**
 * The life of a process: prepared, opened once Redis answers, closed when it is told to stop. It ends with 0 when all was
 * finished in time, with 1 when not.
 * @param name - as the logs name it
 * @param prepare - what can be done without Redis; a SettingsError ends the process with 78, any other error with 1
 */
export const runProcess = (name: string, prepare: () => Promise<Life>): void => {
  run(name, prepare).catch((error: unknown) => {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof SettingsError ? EXIT_CONFIG : 1);
  });
};
