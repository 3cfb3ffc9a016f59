import { randomBytes } from 'node:crypto';
import { createConnection, defineScripts, KeySpace, type RedisConnection, type RedisTopology } from '@app/redis';
import { describeEventStore } from '../../../test/contract/event-store.contract.js';
import { startRedisCluster, type TestCluster } from '../../../test/support/redis-cluster.js';
import { topologyOf } from '../../../test/support/test-topology.js';
import { RedisEventStore } from './redis-event-store.js';
import { newBasicServiceId } from './service-id.js';

const open: RedisConnection[] = [];
let cluster: TestCluster | undefined;

const connect = (topology: RedisTopology): RedisConnection => {
  const redis = createConnection(topology, 'commands');
  redis.on('error', () => undefined);
  defineScripts(redis);
  open.push(redis);
  return redis;
};

const newKeys = (): KeySpace => new KeySpace(`test-${randomBytes(6).toString('hex')}`, 4);

afterAll(async () => {
  for (const redis of open) redis.disconnect();
  await cluster?.stop();
});

describeEventStore('RedisEventStore', () =>
  Promise.resolve(
    new RedisEventStore(connect(topologyOf(process.env['TEST_REDIS_URL'])), newKeys(), { deadlineMs: 3_000 }),
  ),
);

describeEventStore('RedisEventStore on a Cluster', async () => {
  cluster = await startRedisCluster();
  const clusterNodes = cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
  return new RedisEventStore(connect({ clusterNodes }), newKeys(), { deadlineMs: 3_000 });
});

describe('RedisEventStore', () => {
  const keys = newKeys();
  const redis = connect(topologyOf(process.env['TEST_REDIS_URL']));
  const store = new RedisEventStore(redis, keys, { deadlineMs: 3_000 });
  const first = { position: 0, n: 1, line: '', body: '{}', hash: 'h' };

  it('stores together what holds together', async () => {
    const id = newBasicServiceId(2, 4);
    const { stream, meta, data, due, live, feed } = keys.service(2, id);
    await store.append(id, {
      expected: null,
      entries: [first],
      live: { sinceMs: 5 },
      data: { color: 'blue' },
      expireS: 600,
      seenAtMs: 9,
      deadlines: [{ kind: 'ttl', dueMs: 77 }],
    });
    expect(await redis.zscore(live, id)).toBe('5');
    expect(await redis.zscore(due, `ttl|${id}`)).toBe('77');
    expect(await redis.hgetall(data)).toEqual({ color: 'blue' });
    expect((await redis.xrevrange(feed, '+', '-', 'COUNT', 1))[0]?.[1]).toEqual(['s', id, 'e', '0-1']);
    for (const key of [stream, meta, data]) expect(await redis.ttl(key)).toBeGreaterThan(590);
    await store.append(id, {
      expected: { position: 0, n: 1 },
      entries: [{ ...first, n: 2 }],
      live: 'remove',
      deadlines: [{ kind: 'ttl', dueMs: null }],
    });
    expect(await redis.zscore(live, id)).toBeNull();
    expect(await redis.zscore(due, `ttl|${id}`)).toBeNull();
  });

  it('calls its scripts also after Redis has forgotten them', async () => {
    const id = newBasicServiceId(1, 4);
    await store.append(id, { expected: null, entries: [first] });
    await redis.script('FLUSH');
    const again = { expected: { position: 0, n: 1 }, entries: [{ ...first, n: 2 }] };
    expect(await store.append(id, again)).toMatchObject({ outcome: 'appended' });
  });

  it('does one round trip for an append', async () => {
    const id = newBasicServiceId(1, 4);
    await store.append(id, { expected: null, entries: [first] });
    const before = store.roundTrips;
    await store.append(id, { expected: { position: 0, n: 1 }, entries: [{ ...first, n: 2 }] });
    expect(store.roundTrips - before).toBe(1);
  });
});
