import type { KeySpace, RedisConnection } from '@app/redis';

export interface ReadinessReport {
  readonly isReady: boolean;
  /** What keeps the worker from being ready. */
  readonly reason?: string;
}

/** How long the probe waits for Redis, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;
/** The probe's key goes by itself, in seconds. */
const PROBE_EXPIRES_S = 60;

/** Whether this worker does its work: started, Redis reachable and writable, not draining. */
export class Readiness {
  private phase: 'starting' | 'open' | 'draining' = 'starting';

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
  ) {}

  /** It has begun to work. */
  open(): void {
    if (this.phase === 'starting') this.phase = 'open';
  }

  /** It takes on nothing more. */
  drain(): void {
    this.phase = 'draining';
  }

  async report(): Promise<ReadinessReport> {
    if (this.phase === 'draining') return { isReady: false, reason: 'draining' };
    if (this.phase === 'starting') return { isReady: false, reason: 'Redis has not been reached yet' };
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
