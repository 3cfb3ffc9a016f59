import { type KeySpace, type RedisConnection, retryUntil } from '@app/redis';
import { partitionOfUser, userKeyOf } from './service-id.js';

/** A service of a user whose chat has begun. */
export interface EarlierService {
  readonly serviceId: string;
  readonly startedAtMs: number;
}

/** The newest that are kept of one user. */
const SERVICES_MAX = 100;
/** How long they are kept after the last one, in seconds. */
const RETENTION_S = 90 * 86_400;

/** Which services a user has had. Derived from the streams: what is lost here is lost from a list only. */
export class UserHistory {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    /** Time for all tries of one call together, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  /** Noting the same again changes nothing. @throws StoreUnavailableError */
  async note(user: string, { serviceId, startedAtMs }: EarlierService): Promise<void> {
    const key = this.keyOf(user);
    const { redis } = this;
    await retryUntil(
      () =>
        Promise.all([
          redis.zadd(key, startedAtMs, serviceId),
          redis.zremrangebyrank(key, 0, -SERVICES_MAX - 1),
          redis.expire(key, RETENTION_S),
        ]),
      this.deadlineMs,
    );
  }

  /** Newest first. @throws StoreUnavailableError */
  async list(user: string, count: number): Promise<readonly EarlierService[]> {
    // To Redis, up to -1 is up to the end.
    if (count < 1) return [];
    const words = await retryUntil(
      () => this.redis.zrevrange(this.keyOf(user), 0, count - 1, 'WITHSCORES'),
      this.deadlineMs,
    );
    const services: EarlierService[] = [];
    for (let at = 0; at + 1 < words.length; at += 2) {
      services.push({ serviceId: words[at] ?? '', startedAtMs: Number(words[at + 1]) });
    }
    return services;
  }

  private keyOf(user: string): string {
    return this.keys.user(partitionOfUser(user, this.keys.partitions), userKeyOf(user)).history;
  }
}
