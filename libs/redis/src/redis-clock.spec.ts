import type { RedisConnection } from './connection.js';
import { RedisClock } from './redis-clock.js';
import { StoreUnavailableError } from './retry.js';

/** A Redis whose TIME answers this, while so many ms pass on our own clock. */
class Lab {
  ownMs = 5_000;
  redisMs = 1_763_863_416_000;
  roundTripMs = 0;
  private readonly redis = {
    time: () => {
      this.ownMs += this.roundTripMs / 2;
      const time = [String(Math.floor(this.redisMs / 1000)), String((this.redisMs % 1000) * 1000)];
      this.ownMs += this.roundTripMs / 2;
      return Promise.resolve(time);
    },
  } as unknown as RedisConnection;
  readonly clock = new RedisClock(this.redis, () => this.ownMs);
}

describe('the time of Redis', () => {
  it('is not known before it was measured', () => {
    const { clock } = new Lab();
    expect(clock.isSet).toBe(false);
    expect(() => clock.nowMs()).toThrow(StoreUnavailableError);
  });

  it('runs on with our own clock, without a round trip', async () => {
    const lab = new Lab();
    await lab.clock.start();
    lab.clock.stop();
    expect(lab.clock.isSet).toBe(true);
    expect(lab.clock.nowMs()).toBe(1_763_863_416_000);
    lab.ownMs += 1_234;
    expect(lab.clock.nowMs()).toBe(1_763_863_417_234);
  });

  it('is the time in the middle of the round trip that measured it', async () => {
    const lab = new Lab();
    lab.roundTripMs = 40;
    await lab.clock.start();
    lab.clock.stop();
    expect(lab.clock.nowMs()).toBe(1_763_863_416_020);
  });

  it('is in whole milliseconds', async () => {
    const lab = new Lab();
    lab.ownMs = 0.123_456;
    await lab.clock.start();
    lab.clock.stop();
    lab.ownMs += 0.7;
    expect(Number.isInteger(lab.clock.nowMs())).toBe(true);
  });
});
