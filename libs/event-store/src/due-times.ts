import { callScript, type KeySpace, type RedisConnection, retryUntil } from '@app/redis';
import { partitionOfStream } from './agent-id.js';

export interface DueTime {
  readonly serviceId: string;
  readonly kind: string;
  readonly dueMs: number;
}

/** Deadlines of services as stored: the earliest time at which each may have come, by partition. */
export class DueTimes {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly deadlineMs: number,
  ) {}

  /** Deadlines of a partition that are due, earliest first. */
  async dueBefore(partition: number, nowMs: number, count: number): Promise<readonly DueTime[]> {
    const raw = await retryUntil(
      () => this.redis.zrange(this.keys.due(partition), '-inf', nowMs, 'BYSCORE', 'LIMIT', 0, count, 'WITHSCORES'),
      this.deadlineMs,
    );
    const due: DueTime[] = [];
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const [kind = '', serviceId = ''] = (raw[i] ?? '').split('|');
      due.push({ kind, serviceId, dueMs: Number(raw[i + 1]) });
    }
    return due;
  }

  /**
   * Moves a deadline, unless it is gone; null takes it off.
   * @param expireS - when given, the service's keys are kept so much longer
   */
  async postpone(serviceId: string, kind: string, dueMs: number | null, expireS = 0): Promise<void> {
    const keys = this.keys.service(partitionOfStream(serviceId, this.keys.partitions), serviceId);
    const args = [keys.due, keys.stream, keys.meta, keys.data, `${kind}|${serviceId}`, dueMs ?? '-', expireS];
    await retryUntil(() => callScript(this.redis, 'postpone-4', args), this.deadlineMs);
  }
}
