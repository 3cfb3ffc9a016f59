import { callScript, type KeySpace, type RedisConnection } from '@app/redis';
import type { FeedEntry, RawEntry } from './feed-entry.js';

/** All workers are one group: each entry goes to one of them. */
const GROUP = 'worker';

/** An entry that was delivered and not acknowledged. */
export interface PendingEntry {
  readonly id: string;
  readonly consumer: string;
  readonly deliveries: number;
}

/** Entries of one reply at most. */
const REPLY_MAX = 100;

/** This process as a consumer of the feeds. Every call may be repeated after its outcome became unknown. */
export class ConsumerGroup {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    readonly consumer: string,
  ) {}

  /** Entries that no consumer was given yet. */
  async readNew(partition: number, count: number): Promise<readonly RawEntry[]> {
    const key = this.keys.feed(partition);
    const reply = (await this.withGroup(partition, () =>
      this.redis.xreadgroup('GROUP', GROUP, this.consumer, 'COUNT', count, 'STREAMS', key, '>'),
    )) as readonly (readonly [key: string, entries: readonly RawEntry[]])[] | null;
    return reply?.[0]?.[1] ?? [];
  }

  /** Entries that their consumer has not touched for so long, of all consumers. */
  async idle(partition: number, idleMs: number): Promise<readonly PendingEntry[]> {
    const key = this.keys.feed(partition);
    return readPending(
      await this.withGroup(partition, () => this.redis.xpending(key, GROUP, 'IDLE', idleMs, '-', '+', REPLY_MAX)),
    );
  }

  /** Entries that this consumer was given. */
  async own(partition: number): Promise<readonly PendingEntry[]> {
    const key = this.keys.feed(partition);
    return readPending(
      await this.withGroup(partition, () => this.redis.xpending(key, GROUP, '-', '+', REPLY_MAX, this.consumer)),
    );
  }

  /**
   * Takes entries over, unless somebody touched them meanwhile.
   * @param deliveries - what their count of deliveries becomes; one more when not given
   */
  async claim(
    partition: number,
    idleMs: number,
    ids: readonly string[],
    deliveries?: number,
  ): Promise<readonly RawEntry[]> {
    if (ids.length === 0) return [];
    const count = deliveries === undefined ? [] : ['RETRYCOUNT', deliveries];
    return (await this.redis.xclaim(
      this.keys.feed(partition),
      GROUP,
      this.consumer,
      idleMs,
      ...ids,
      ...count,
    )) as readonly RawEntry[];
  }

  /** Shows the others that these are being worked on. */
  async touch(partition: number, ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const key = this.keys.feed(partition);
    await this.withGroup(partition, () => this.redis.xclaim(key, GROUP, this.consumer, 0, ...ids, 'JUSTID'));
  }

  /** Lets others take these over at once, as if they had never been delivered. */
  async handBack(partition: number, ids: readonly string[], idleMs: number): Promise<void> {
    if (ids.length === 0) return;
    const untouched = ['IDLE', idleMs, 'RETRYCOUNT', 0, 'JUSTID'];
    await this.redis.xclaim(this.keys.feed(partition), GROUP, this.consumer, 0, ...ids, ...untouched);
  }

  async acknowledge(partition: number, ids: readonly string[]): Promise<void> {
    await callScript(this.redis, 'ack-feed-1', [this.keys.feed(partition), GROUP, ...ids]);
  }

  /** Moves an entry to the dead letters. */
  async bury({ partition, id, serviceId, position, n }: FeedEntry, reason: string): Promise<void> {
    const keys = [this.keys.feed(partition), this.keys.deadLetters(partition)];
    await callScript(this.redis, 'bury-feed-2', [...keys, GROUP, id, serviceId, `${position}-${n}`, reason]);
  }

  /** Forgets this consumer, unless entries are still with it. */
  async leave(partition: number): Promise<void> {
    await callScript(this.redis, 'leave-feed-1', [this.keys.feed(partition), GROUP, this.consumer, '']);
  }

  /** Forgets other consumers that have no entries and were not seen for so long. */
  async removeIdle(partition: number, idleMs: number): Promise<void> {
    await callScript(this.redis, 'leave-feed-1', [this.keys.feed(partition), GROUP, this.consumer, idleMs]);
  }

  /** Makes the group where it is missing: at the first start, and after a flush. */
  private async withGroup<T>(partition: number, operation: () => Promise<T>): Promise<T> {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOGROUP'))) throw error;
    }
    // A script, since the client does not know which node of a Cluster XGROUP and XINFO are for.
    await callScript(this.redis, 'join-feed-1', [this.keys.feed(partition), GROUP]);
    return operation();
  }
}

const readPending = (reply: unknown): readonly PendingEntry[] =>
  (reply as readonly (readonly [string, string, number, number])[]).map(([id, consumer, , deliveries]) => ({
    id,
    consumer,
    deliveries,
  }));
