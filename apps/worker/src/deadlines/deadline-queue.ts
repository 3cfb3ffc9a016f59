import { setTimeout as pause } from 'node:timers/promises';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import { isStoreAway, reportFailure } from '@app/broker';
import type { Deadline, DeadlineKind } from '@app/domain';
import type { Clock } from '@app/event-store';
import type { Logger } from '@app/observability';
import type { RedisConnection } from '@app/redis';
import type { Alarms } from './alarms.js';
import type { DeadlineKeeper } from './deadline-keeper.js';

export interface DeadlineQueueOptions {
  /** A connection for queues; the worker opens another one like it, to block on. */
  readonly connection: RedisConnection;
  /** First part of the queue's keys. */
  readonly prefix: string;
  readonly keeper: DeadlineKeeper;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'debug' | 'error'>;
}

interface Alarm {
  readonly serviceId: string;
  readonly kind: DeadlineKind;
}

const QUEUE = 'deadlines';
/** Alarms that are looked at side by side. */
const CONCURRENCY = 16;
/** A dead worker's alarms ring elsewhere after these two, in milliseconds. */
const LOCK_MS = 5_000;
const STALLED_CHECK_MS = 5_000;
/** Failed alarms that are kept for whoever wants to know why. */
const KEEP_FAILED = 1_000;
/** Nobody reads the queue's own stream of events: so many are kept, about. */
const EVENTS_MAX = 100;
/** How long arming may take before the sweep is relied upon, in milliseconds: the connection itself waits for ever. */
const ARM_MS = 1_000;
/** Pause before an alarm rings again for which the store was away, and the shortest at all, in milliseconds. */
const STORE_PAUSE_MS = 1_000;
const PAUSE_MIN_MS = 50;
/** How long closing may take, in milliseconds. */
const CLOSE_MS = 2_000;

/**
 * The alarms of deadlines as delayed jobs, one for each service and kind. A job that rings early rings again later; what
 * is due is the keeper's business.
 */
export class DeadlineQueue implements Alarms {
  private queue: Queue<Alarm> | undefined;
  private worker: Worker<Alarm> | undefined;

  constructor(private readonly options: DeadlineQueueOptions) {}

  start(): void {
    const { connection, prefix, logger } = this.options;
    this.queue = new Queue<Alarm>(QUEUE, { connection, prefix, streams: { events: { maxLen: EVENTS_MAX } } });
    this.worker = new Worker<Alarm>(QUEUE, (job, token) => this.ring(job, token), {
      connection,
      prefix,
      concurrency: CONCURRENCY,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
    });
    const onError = (error: Error): void => {
      logger.debug(reportFailure(error), 'the queue of deadlines has trouble');
    };
    this.queue.on('error', onError);
    this.worker.on('error', onError);
    this.worker.on('failed', (job, error) => {
      logger.error({ ...job?.data, ...reportFailure(error) }, 'an alarm failed');
    });
  }

  async arm(serviceId: string, { kind, dueMs }: Deadline): Promise<void> {
    const { clock, logger } = this.options;
    try {
      const added = this.queue?.add(
        kind,
        { serviceId, kind },
        {
          jobId: `${kind}-${serviceId}`,
          delay: Math.max(0, dueMs - clock.nowMs()),
          removeOnComplete: true,
          removeOnFail: { count: KEEP_FAILED },
        },
      );
      added?.catch(() => undefined);
      await Promise.race([added, pause(ARM_MS, undefined, { ref: false })]);
    } catch (error) {
      logger.debug({ serviceId, kind, ...reportFailure(error) }, 'an alarm was not set; the sweep stands in for it');
    }
  }

  async close(): Promise<void> {
    const closed = Promise.all([this.worker?.close(), this.queue?.close()]).catch(() => undefined);
    await Promise.race([closed, pause(CLOSE_MS, undefined, { ref: false })]);
  }

  private async ring(job: Job<Alarm>, token: string | undefined): Promise<void> {
    const { keeper, clock } = this.options;
    let waitMs: number;
    try {
      const nextMs = await keeper.meet(job.data.serviceId, job.data.kind);
      if (nextMs === null) return;
      waitMs = Math.max(PAUSE_MIN_MS, nextMs - clock.nowMs());
    } catch (error) {
      if (!isStoreAway(error)) throw error;
      waitMs = STORE_PAUSE_MS;
    }
    // The queue goes by the clock of this machine: only the distance is ours to say.
    await job.moveToDelayed(Date.now() + waitMs, token);
    throw new DelayedError();
  }
}
