import { RateLimiterMemory } from 'rate-limiter-flexible';

/** Handshakes of one address in a second, on this gateway. */
export class HandshakeRate {
  private readonly limiter: RateLimiterMemory;

  constructor(perSecond: number) {
    this.limiter = new RateLimiterMemory({ points: perSecond, duration: 1 });
  }

  /** Whether there is one more in this second. */
  take(address: string): Promise<boolean> {
    return this.limiter.consume(address).then(
      () => true,
      () => false,
    );
  }
}
