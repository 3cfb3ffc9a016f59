import { DomainError } from '@app/domain';
import type { KeySpace, RedisConnection } from '@app/redis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_S = 10;
/** How long the count is waited for, in milliseconds: the service that follows has a deadline of its own. */
const PATIENCE_MS = 250;

/** How many services one address creates, over all gateways. */
export class ServiceRate {
  private readonly limiter: RateLimiterRedis;

  constructor(
    redis: RedisConnection,
    keys: KeySpace,
    private readonly per10S: number,
  ) {
    this.limiter = new RateLimiterRedis({
      ...{ storeClient: redis, keyPrefix: keys.rates(), points: per10S, duration: WINDOW_S },
      // Whoever goes on all the same costs no more calls to Redis until the window is over.
      inMemoryBlockOnConsumed: per10S + 1,
    });
  }

  /** @throws DomainError SERVICES_RATE_EXCEEDED */
  async take(address: string): Promise<void> {
    try {
      await soon(this.limiter.consume(address));
    } catch (refusal) {
      // A store that is away refuses the service itself.
      if (!(refusal instanceof RateLimiterRes)) return;
      throw new DomainError(
        'SERVICES_RATE_EXCEEDED',
        `at most ${this.per10S} services in ${WINDOW_S} s are created for one address`,
      );
    }
  }
}

/** Whatever comes of it in time. */
const soon = async (counted: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS);
  });
  try {
    await Promise.race([counted, late]);
  } finally {
    clearTimeout(timer);
  }
};
