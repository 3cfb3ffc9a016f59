import { type Job, Queue } from 'bullmq';
import type { RedisConnection } from '@app/redis';

export interface DeadLettersOptions {
  /** A connection for queues. */
  readonly connection: RedisConnection;
  /** First part of the queues' keys. */
  readonly prefix: string;
  /** The queues that are meant. */
  readonly names: readonly string[];
}

/** What a replayed job carries besides: what it had to do has been given up before. */
export interface Replayed {
  readonly isReplayed?: boolean;
}

/** A job that was given up. */
export interface DeadLetter {
  readonly queue: string;
  readonly id: string;
  readonly serviceId: string;
  /** Why its last try failed, in the words of the queue. */
  readonly reason: string;
  /** When, in milliseconds. */
  readonly atMs: number;
}

/** What outbound queues gave up. Whoever replays it needs no worker of his own. */
export class DeadLetters {
  constructor(private readonly options: DeadLettersOptions) {}

  /** All of it, queue by queue. */
  async list(): Promise<readonly DeadLetter[]> {
    const letters: DeadLetter[] = [];
    for (const name of this.options.names) {
      const jobs = await this.with(name, (queue) => queue.getFailed());
      letters.push(...jobs.map((job) => letterOf(name, job)));
    }
    return letters;
  }

  /** Has all of it tried again, from the first try. @returns how many there were */
  async replay(): Promise<number> {
    let replayed = 0;
    for (const name of this.options.names) {
      await this.with(name, async (queue) => {
        for (const job of await queue.getFailed()) if (await isTakenUp(job)) replayed += 1;
      });
    }
    return replayed;
  }

  private async with<T>(name: string, work: (queue: Queue<Replayed>) => Promise<T>): Promise<T> {
    const { connection, prefix } = this.options;
    const queue = new Queue<Replayed>(name, { connection, prefix });
    // What it comes to is said by the calls themselves.
    queue.on('error', () => undefined);
    try {
      return await work(queue);
    } finally {
      await queue.close();
    }
  }
}

const letterOf = (queue: string, { id = '', data, failedReason, finishedOn, timestamp }: Job): DeadLetter => {
  const { serviceId } = data as { readonly serviceId?: unknown };
  return {
    ...{ queue, id, reason: failedReason },
    serviceId: typeof serviceId === 'string' ? serviceId : '',
    atMs: finishedOn ?? timestamp,
  };
};

/** False when somebody else replayed it at the same time, or it was dropped for newer ones. */
const isTakenUp = async (job: Job<Replayed>): Promise<boolean> => {
  try {
    await job.updateData({ ...job.data, isReplayed: true });
    await job.retry('failed', { resetAttemptsMade: true });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return false;
    throw error;
  }
};
