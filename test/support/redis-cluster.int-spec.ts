import { Cluster } from 'ioredis';
import { startRedisCluster, type TestCluster } from './redis-cluster.js';

describe('a cluster of three masters with a replica each', () => {
  let cluster: TestCluster;
  let client: Cluster;

  beforeAll(async () => {
    cluster = await startRedisCluster({ masters: 3, replicas: 1 });
    client = new Cluster(cluster.nodes.map(({ host, port }) => ({ host, port })));
  });

  afterAll(async () => {
    client.disconnect();
    await cluster.stop();
  });

  it('takes a key on every master', async () => {
    const keys = Array.from({ length: 64 }, (_, partition) => `{p${partition}}:key`);
    await Promise.all(keys.map((key) => client.set(key, key)));
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
    const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(sizes).toHaveLength(3);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(64);
  });

  it('has a replica behind every master', async () => {
    const replicas = client.nodes('slave');
    expect(replicas).toHaveLength(3);
    const infos = await Promise.all(replicas.map((node) => node.info('replication')));
    expect(infos.every((info) => info.includes('master_link_status:up'))).toBe(true);
  });
});
