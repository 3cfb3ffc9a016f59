import { callScript, type KeySpace, type RedisConnection, retryUntil } from '@app/redis';

/** A feed entry that no handler could take. */
export interface FeedDeadLetter {
  readonly partition: number;
  readonly serviceId: string;
  /** The event that its service had reached: `<position>-<n>`. */
  readonly reached: string;
  /** Why: the code or class of the failure. */
  readonly reason: string;
  /** When, in milliseconds. */
  readonly atMs: number;
}

/** Letters of one step. */
const STEP = 500;

/** What workers gave up, over all partitions. */
export class FeedDeadLetters {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    /** Time for all tries of one call together, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  /** @throws StoreUnavailableError */
  async list(): Promise<readonly FeedDeadLetter[]> {
    const perPartition = await this.each(async (partition) => {
      const key = this.keys.deadLetters(partition);
      const entries = await retryUntil(() => this.redis.xrange(key, '-', '+'), this.deadlineMs);
      return entries.map(([id, fields]): FeedDeadLetter => {
        const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
        const [atMs] = id.split('-');
        return { partition, serviceId: value('s'), reached: value('e'), reason: value('reason'), atMs: Number(atMs) };
      });
    });
    return perPartition.flat().sort((one, other) => one.atMs - other.atMs);
  }

  /** Gives all of them to the workers again. @returns how many there were @throws StoreUnavailableError */
  async replay(): Promise<number> {
    const counts = await this.each(async (partition) => {
      const keys = [this.keys.feed(partition), this.keys.deadLetters(partition)];
      let replayed = 0;
      for (;;) {
        const moved = Number(
          await retryUntil(() => callScript(this.redis, 'replay-feed-2', [...keys, STEP]), this.deadlineMs),
        );
        replayed += moved;
        if (moved < STEP) return replayed;
      }
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private each<T>(work: (partition: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.keys.partitions }, (_, partition) => work(partition)));
  }
}
