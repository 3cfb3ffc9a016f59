import type { RedisConnection } from './connection.js';
import { StoreUnavailableError } from './retry.js';

/** How often the offset is measured again, in milliseconds. Between measurements the process's own monotonic clock runs. */
const MEASURE_EVERY_MS = 5_000;

/**
 * The time of Redis, read without a round trip. It rests on the monotonic clock, so a step of the wall clock of this
 * machine changes nothing.
 */
export class RedisClock {
  private offsetMs: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly monotonicMs: () => number = () => performance.now(),
  ) {}

  /** Measures once and keeps measuring until `stop`. */
  async start(): Promise<void> {
    await this.measure();
    this.timer = setInterval(() => {
      // A failed measurement leaves the last one in force.
      this.measure().catch(() => undefined);
    }, MEASURE_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Whether the time of Redis is known. */
  get isSet(): boolean {
    return this.offsetMs !== undefined;
  }

  /** Whole milliseconds since the epoch, by the clock of Redis. @throws StoreUnavailableError before the first measurement */
  nowMs(): number {
    if (this.offsetMs === undefined) throw new StoreUnavailableError('the time of Redis is not known yet');
    return Math.round(this.monotonicMs() + this.offsetMs);
  }

  private async measure(): Promise<void> {
    const sentMs = this.monotonicMs();
    const [seconds, microseconds] = await this.redis.time();
    const middleMs = (sentMs + this.monotonicMs()) / 2;
    this.offsetMs = Number(seconds) * 1000 + Number(microseconds) / 1000 - middleMs;
  }
}
