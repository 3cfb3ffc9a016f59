import type { KeySpace, RedisClock, RedisConnection } from '@app/redis';

export interface ReadinessReport {
  readonly isReady: boolean;
  /** What keeps the gateway from being ready. */
  readonly reason?: string;
}

/** How long the probe waits for Redis, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;
/** The probe's key goes by itself, in seconds. */
const PROBE_EXPIRES_S = 60;

/** Whether requests should come here: Redis reachable and writable, clock known, not draining. */
export class Readiness {
  private draining = false;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly clock: RedisClock,
  ) {}

  /** From now on requests should go elsewhere. */
  drain(): void {
    this.draining = true;
  }

  async report(): Promise<ReadinessReport> {
    if (this.draining) return { isReady: false, reason: 'draining' };
    if (!this.clock.isSet) return { isReady: false, reason: 'Redis has not been reached yet' };
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(reject, PROBE_TIMEOUT_MS, new Error('Redis did not answer in time'));
      });
      await Promise.race([this.redis.set(this.keys.probe(), '1', 'EX', PROBE_EXPIRES_S), late]);
      return { isReady: true };
    } catch {
      return { isReady: false, reason: 'Redis is not reachable or not writable' };
    } finally {
      clearTimeout(timer);
    }
  }
}
