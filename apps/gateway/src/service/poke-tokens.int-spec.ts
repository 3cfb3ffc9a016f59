import { StoreUnavailableError } from '@app/redis';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { PokeTokens } from './poke-tokens.js';

const DEADLINE_MS = 500;

describe('PokeTokens', () => {
  let lab: ServiceLab;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
  });

  afterEach(() => {
    lab.close();
  });

  const tokens = (secret?: string): PokeTokens => new PokeTokens(lab.redis, lab.keys, DEADLINE_MS, secret);

  it('are the same at all gateways, whichever came first', async () => {
    const [one, other] = [tokens(), tokens()];
    await Promise.all([one.open(), other.open()]);
    expect(other.isValid('a service', one.tokenFor('a service'))).toBe(true);
    expect(other.isValid('another', one.tokenFor('a service'))).toBe(false);
  });

  it('ask whoever comes before the store has been reached to come again', () => {
    expect(() => tokens().tokenFor('a service')).toThrow(StoreUnavailableError);
  });

  it('need no store where their key is a setting', async () => {
    const own = tokens('a key of 24 letters or so');
    await own.open();
    expect(own.isValid('a service', own.tokenFor('a service'))).toBe(true);
  });
});
