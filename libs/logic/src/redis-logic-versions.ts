import { type RedisConnection, retryUntil } from '@app/redis';
import { LRUCache } from 'lru-cache';
import type { LogicVersions } from './logic-versions.js';

/** Sources that stay at hand in this process. */
const CACHE_MAX = 64;

/** Versions in one hash of Redis: its fields are the hashes of the sources. What a hash names never changes. */
export class RedisLogicVersions implements LogicVersions {
  private readonly cache = new LRUCache<string, string>({ max: CACHE_MAX });

  /** @param deadlineMs - time for all tries of one call */
  constructor(
    private readonly redis: RedisConnection,
    private readonly key: string,
    private readonly deadlineMs: number,
  ) {}

  async save(hash: string, source: string): Promise<void> {
    await retryUntil(() => this.redis.hset(this.key, hash, source), this.deadlineMs);
    this.cache.set(hash, source);
  }

  async load(hash: string): Promise<string | undefined> {
    const cached = this.cache.get(hash);
    if (cached !== undefined) return cached;
    const source = await retryUntil(() => this.redis.hget(this.key, hash), this.deadlineMs);
    if (source === null) return undefined;
    this.cache.set(hash, source);
    return source;
  }
}
