import { StoreUnavailableError } from '@app/redis';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { ServiceRate } from './service-rate.js';

describe('ServiceRate', () => {
  let lab: ServiceLab;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
  });

  afterEach(() => {
    lab.close();
  });

  it('counts one address over all gateways', async () => {
    const [one, other] = [lab.connect('commands'), lab.connect('commands')].map(
      (redis) => new ServiceRate(redis, lab.keys, 3),
    );
    for (const rate of [one, other, one]) await rate?.take('10.0.0.1');
    const refusal = { code: 'SERVICES_RATE_EXCEEDED' };
    for (const rate of [one, other, other]) await expect(rate?.take('10.0.0.1')).rejects.toMatchObject(refusal);
    await other?.take('10.0.0.2');
    const keys = await lab.redis.keys(`${lab.keys.prefix}:*`);
    for (const key of keys) expect(await lab.redis.ttl(key)).toBeGreaterThan(0);
  });

  it('refuses nobody because the store is away', async () => {
    const redis = lab.connect('commands');
    const rate = new ServiceRate(redis, lab.keys, 1);
    redis.disconnect();
    await rate.take('10.0.0.1').catch((error: unknown) => {
      throw new StoreUnavailableError('it was told of the store', { cause: error });
    });
  });
});
