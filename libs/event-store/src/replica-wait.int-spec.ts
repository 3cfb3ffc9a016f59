import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { createConnection, defineScripts, KeySpace, type RedisConnection, type RedisTopology } from '@app/redis';
import { describeEventStore } from '../../../test/contract/event-store.contract.js';
import { waitFor } from '../../../test/support/http.js';
import { startRedisCluster, type TestCluster } from '../../../test/support/redis-cluster.js';
import { startRedis, type TestRedis } from '../../../test/support/redis-server.js';
import { RedisEventStore } from './redis-event-store.js';
import { ReplicaWait } from './replica-wait.js';
import { newBasicServiceId } from './service-id.js';

const DEADLINE_MS = 2_000;
const FIRST = { position: 0, n: 1, line: '', body: '{}', hash: 'h' };
const SECOND = { ...FIRST, n: 2 };

const keys = new KeySpace(`test-${randomBytes(6).toString('hex')}`, 4);
const open: RedisConnection[] = [];
let master: TestRedis;
let replica: TestRedis;
let cluster: TestCluster | undefined;

const connect = (topology: RedisTopology): RedisConnection => {
  const redis = createConnection(topology, 'commands');
  redis.on('error', () => undefined);
  defineScripts(redis);
  open.push(redis);
  return redis;
};
const storeOver = (topology: RedisTopology): RedisEventStore => {
  const connections = [connect(topology), connect(topology)];
  const replicas = new ReplicaWait({ connections, keys, replicas: 1 });
  return new RedisEventStore(connect(topology), keys, { deadlineMs: DEADLINE_MS, replicas });
};
const asked = async <T>(node: TestRedis, ask: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(node.url);
  return ask(redis).finally(() => {
    redis.disconnect();
  });
};
const follow = async (node: TestRedis, of: TestRedis): Promise<void> => {
  await asked(node, (redis) => redis.replicaof('127.0.0.1', of.port));
  await waitFor('the replica to follow', async () => {
    const info = await asked(node, (redis) => redis.info('replication'));
    return info.includes('master_link_status:up') && info.includes(`master_port:${of.port}`);
  });
};

beforeAll(async () => {
  const args = ['--repl-diskless-sync-delay', '0'];
  [master, replica] = await Promise.all([startRedis({ args }), startRedis({ args })]);
  await follow(replica, master);
});

afterAll(async () => {
  for (const redis of open) redis.disconnect();
  await Promise.all([master.stop(), replica.stop(), cluster?.stop()]);
});

describeEventStore('RedisEventStore that waits for a replica', () => storeOver({ url: master.url }));

describeEventStore('RedisEventStore that waits for replicas in a Cluster', async () => {
  cluster = await startRedisCluster();
  return storeOver({ clusterNodes: cluster.nodes.map(({ port }) => ({ host: '127.0.0.1', port })) });
});

describe('ReplicaWait', () => {
  let store: RedisEventStore;

  beforeAll(() => {
    store = storeOver({ url: master.url });
  });

  it('lets many share what is waited for', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => newBasicServiceId(index % 4, 4));
    const results = await Promise.all(ids.map((id) => store.append(id, { expected: null, entries: [FIRST] })));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['appended']));
  });

  it('says that the outcome is unknown while no replica answers, and confirms when it does', async () => {
    const id = newBasicServiceId(1, 4);
    await store.append(id, { expected: null, entries: [FIRST] });
    replica.freeze();
    const append = store.append(id, { expected: FIRST, entries: [SECOND] });
    await expect(append).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    const again = store.confirm(id, SECOND);
    replica.thaw();
    expect(await again).toBe(true);
    expect(await store.read(id, { position: 0, n: 0 }, { position: 1, n: 0 })).toHaveLength(2);
  });

  it('confirms nothing that the server does not have', async () => {
    const id = newBasicServiceId(1, 4);
    await store.append(id, { expected: null, entries: [FIRST] });
    expect(await store.confirm(id, SECOND)).toBe(false);
    expect(await store.confirm(newBasicServiceId(2, 4), FIRST)).toBe(false);
  });

  it('finds out that a server which was promoted meanwhile never had it', async () => {
    const id = newBasicServiceId(3, 4);
    await store.append(id, { expected: null, entries: [FIRST] });
    await asked(replica, (redis) => redis.replicaof('NO', 'ONE'));
    const append = store.append(id, { expected: FIRST, entries: [SECOND] });
    await expect(append).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    const newReplica = await startRedis();
    try {
      await follow(newReplica, replica);
      const after = storeOver({ url: replica.url });
      expect(await after.confirm(id, FIRST)).toBe(true);
      expect(await after.confirm(id, SECOND)).toBe(false);
    } finally {
      await newReplica.stop();
    }
  });
});
