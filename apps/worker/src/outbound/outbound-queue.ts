import { setTimeout as pause } from 'node:timers/promises';
import { randomInt } from 'node:crypto';
import { DelayedError, type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { isStoreAway, reportFailure } from '@app/broker';
import type { Logger } from '@app/observability';
import { backoffMs } from '@app/push';
import { classifyRedisFailure, type RedisConnection, StoreUnavailableError } from '@app/redis';

/** What one try came to. */
export type Attempt =
  | { readonly outcome: 'done' }
  /** Another try would end the same: it is kept as a dead letter. */
  | { readonly outcome: 'hopeless'; readonly reason: string }
  | { readonly outcome: 'retry'; readonly reason: string; readonly afterMs?: number };

export interface OutboundQueueOptions<Data> {
  readonly name: string;
  /** A connection for queues; the worker opens another one like it, to block on. */
  readonly connection: RedisConnection;
  /** First part of the queue's keys. */
  readonly prefix: string;
  readonly logger: Pick<Logger, 'debug' | 'info' | 'error'>;
  readonly triesMax: number;
  /** The longest pause between two tries, in milliseconds, but where a server asks for a longer one. */
  readonly longestPauseMs: number;
  /** How long what was done is known to be done, in seconds; 0: not at all. */
  readonly rememberS: number;
  /** @param isLast - no further try is made */
  readonly attempt: (data: Data, isLast: boolean) => Promise<Attempt>;
}

/** Jobs that are worked on side by side: most of the time they wait for others. */
const CONCURRENCY = 8;
/** A dead worker's jobs go on elsewhere after these two, in milliseconds. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 5_000;
/** Workers that die over one job before it is given up. */
const STALLED_MAX = 10;
/** Dead letters that are kept. */
const KEEP_FAILED = 1_000;
const KEEP_DONE = 10_000;
const EVENTS_MAX = 100;
/** How long adding may take, in milliseconds: the connection itself waits for ever. */
const ADD_MS = 1_500;
const CLOSE_MS = 2_000;
/** Pause before a job goes on for which the store was away, in milliseconds. */
const STORE_PAUSE_MS = 1_000;
const RANDOM_STEPS = 1_000;

/** Not done yet; the queue tries again. */
class TryLater extends Error {
  override readonly name = 'TryLater';
  constructor(
    reason: string,
    readonly afterMs: number | undefined,
  ) {
    super(reason);
  }
}

/** What leaves for servers of others: tried again with growing pauses, and kept as a dead letter when nothing helps. */
export class OutboundQueue<Data extends object> {
  private queue: Queue | undefined;
  private worker: Worker | undefined;

  constructor(private readonly options: OutboundQueueOptions<Data>) {}

  start(): void {
    const { name, connection, prefix, logger } = this.options;
    this.queue = new Queue(name, { connection, prefix, streams: { events: { maxLen: EVENTS_MAX } } });
    this.worker = new Worker(name, (job, token) => this.work(job, token), {
      connection,
      prefix,
      concurrency: CONCURRENCY,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: STALLED_MAX,
      settings: { backoffStrategy: this.pauseBefore },
    });
    const onError = (error: Error): void => {
      logger.debug({ queue: name, ...reportFailure(error) }, 'a queue has trouble');
    };
    this.queue.on('error', onError);
    this.worker.on('error', onError);
    this.worker.on('failed', (job, error) => {
      const isOver =
        job === undefined || job.attemptsMade >= (job.opts.attempts ?? 1) || error.name === 'UnrecoverableError';
      const line = { queue: name, job: job?.id, tries: job?.attemptsMade, reason: error.message };
      if (isOver) logger.error(line, 'given up; it is kept as a dead letter');
      else logger.info(line, 'tried in vain; it is tried again');
    });
  }

  /**
   * Adds a job, once for each id.
   * @throws StoreUnavailableError when the queue does not answer
   */
  async add(id: string, data: Data): Promise<void> {
    const { name, triesMax, rememberS } = this.options;
    const { queue } = this;
    if (queue === undefined) throw new Error(`the queue ${name} is used before it was started`);
    const added = queue.add(name, data, {
      jobId: id,
      attempts: triesMax,
      backoff: { type: 'custom' },
      removeOnComplete: rememberS === 0 ? true : { age: rememberS, count: KEEP_DONE },
      removeOnFail: { count: KEEP_FAILED },
    });
    added.catch(() => undefined);
    try {
      const isLate = await Promise.race([added.then(() => false), pause(ADD_MS, true, { ref: false })]);
      if (isLate) throw new StoreUnavailableError(`the queue ${name} did not take a job in time`);
    } catch (error) {
      if (isStoreAway(error) || classifyRedisFailure(error) === 'broken') throw error;
      throw new StoreUnavailableError(`the queue ${name} did not take a job`, { cause: error });
    }
  }

  async close(): Promise<void> {
    const closed = Promise.all([this.worker?.close(), this.queue?.close()]).catch(() => undefined);
    await Promise.race([closed, pause(CLOSE_MS, undefined, { ref: false })]);
  }

  private async work(job: Job, token: string | undefined): Promise<void> {
    const result = await this.tried(job, token);
    if (result.outcome === 'hopeless') throw new UnrecoverableError(result.reason);
    if (result.outcome === 'retry') throw new TryLater(result.reason, result.afterMs);
  }

  private async tried(job: Job, token: string | undefined): Promise<Attempt> {
    const { name, logger, attempt, triesMax } = this.options;
    try {
      return await attempt(job.data as Data, job.attemptsMade + 1 >= triesMax);
    } catch (error) {
      if (isStoreAway(error)) {
        // Nobody's fault, and no try: what became of it could not be written down.
        await job.moveToDelayed(Date.now() + STORE_PAUSE_MS, token);
        throw new DelayedError();
      }
      // Its words may be a customer's: neither the log nor the job has them.
      const failure = reportFailure(error);
      logger.error({ queue: name, job: job.id, ...failure }, 'a try failed in a way that nobody expected');
      return { outcome: 'retry', reason: failure.reason };
    }
  }

  private readonly pauseBefore = (tries: number, _type?: string, error?: Error): number => {
    const { longestPauseMs } = this.options;
    const asked = error instanceof TryLater ? error.afterMs : undefined;
    const own = backoffMs(tries, randomInt(RANDOM_STEPS) / RANDOM_STEPS, longestPauseMs);
    return Math.max(own, asked ?? 0);
  };
}
