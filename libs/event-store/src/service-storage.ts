import { DomainError } from '@app/domain';
import { callScript, type KeySpace, type RedisConnection, retryUntil } from '@app/redis';
import { partitionOfService } from './service-id.js';

/** Data that an application keeps with a service, as it came: keys to bytes. Lives as long as the service. */
export class ServiceStorage {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly deadlineMs: number,
    /** Keys that one service may store. */
    private readonly keysMax = 64,
  ) {}

  async all(serviceId: string): Promise<Readonly<Record<string, string>>> {
    return retryUntil(() => this.redis.hgetall(this.key(serviceId)), this.deadlineMs);
  }

  /** The bytes of one key; undefined when there is none. */
  async get(serviceId: string, key: string): Promise<Buffer | undefined> {
    const value = await retryUntil(() => this.redis.hgetBuffer(this.key(serviceId), key), this.deadlineMs);
    return value ?? undefined;
  }

  /**
   * Stores all pairs or none.
   * @throws DomainError STORAGE_FULL or SERVICE_NOT_FOUND
   */
  async put(serviceId: string, pairs: Iterable<readonly [key: string, value: string | Buffer]>): Promise<void> {
    const { stream, data } = this.keysOf(serviceId);
    const args = [stream, data, this.keysMax, ...[...pairs].flat()];
    const result = await retryUntil(() => callScript(this.redis, 'put-data-2', args), this.deadlineMs);
    if (result === 0) throw new DomainError('STORAGE_FULL', `a service stores at most ${this.keysMax} keys`);
    if (result === -1) throw new DomainError('SERVICE_NOT_FOUND', 'no service has this id');
  }

  /** Forgets one key, or all. */
  async remove(serviceId: string, key?: string): Promise<void> {
    await retryUntil(
      () => (key === undefined ? this.redis.del(this.key(serviceId)) : this.redis.hdel(this.key(serviceId), key)),
      this.deadlineMs,
    );
  }

  private key(serviceId: string): string {
    return this.keysOf(serviceId).data;
  }

  private keysOf(serviceId: string): ReturnType<KeySpace['service']> {
    return this.keys.service(partitionOfService(serviceId, this.keys.partitions), serviceId);
  }
}
