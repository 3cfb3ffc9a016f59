import { randomBytes } from 'node:crypto';
import { createConnection, type RedisConnection } from '@app/redis';
import { topologyOf } from '../../../test/support/test-topology.js';
import { RedisLogicVersions } from './redis-logic-versions.js';

describe('RedisLogicVersions', () => {
  const redis: RedisConnection = createConnection(topologyOf(process.env['TEST_REDIS_URL']), 'commands');
  redis.on('error', () => undefined);
  const key = `{test-${randomBytes(6).toString('hex')}}logics`;
  const versions = (): RedisLogicVersions => new RedisLogicVersions(redis, key, 3_000);
  afterAll(() => {
    redis.disconnect();
  });

  it('gives every process the versions that one has saved', async () => {
    await versions().save('0123456789abcdef', 'export default 1; // ü');
    await versions().save('fedcba9876543210', 'export default 2;');
    expect(await versions().load('0123456789abcdef')).toBe('export default 1; // ü');
    expect(await versions().load('fedcba9876543210')).toBe('export default 2;');
  });

  it('saves the same version again without harm', async () => {
    await versions().save('0123456789abcdef', 'export default 1; // ü');
    expect(await redis.hlen(key)).toBe(2);
  });

  it('knows nothing of a version that nobody has saved, until somebody does', async () => {
    const here = versions();
    expect(await here.load('aaaaaaaaaaaaaaaa')).toBeUndefined();
    await versions().save('aaaaaaaaaaaaaaaa', 'export default 3;');
    expect(await here.load('aaaaaaaaaaaaaaaa')).toBe('export default 3;');
  });

  it('asks Redis once for a version', async () => {
    const here = versions();
    await here.load('0123456789abcdef');
    await redis.del(key);
    expect(await here.load('0123456789abcdef')).toBe('export default 1; // ü');
  });
});
