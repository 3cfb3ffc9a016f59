import { Redis } from 'ioredis';
import { leastRights } from './least-rights.js';
import { startRedisCluster } from './redis-cluster.js';
import { startRedisSentinel } from './redis-sentinel.js';
import { startRedis } from './redis-server.js';
import { makeAuthority, tlsArgs } from './redis-tls.js';

/** A topology that all tests of a run share. */
export interface StartedTopology {
  /** For the tests: TEST_TOPOLOGY, and where its certificates are to be checked against. */
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

interface Node {
  readonly host: string;
  readonly port: number;
}

const listOf = (nodes: readonly Node[]): string => nodes.map(({ host, port }) => `${host}:${port}`).join(',');

const PASSWORD = 'least-rights';

/** Tests have key prefixes of their own, which all begin with a t. */
const rightsForTests = (): readonly string[] =>
  leastRights()
    .map((word) => (word.startsWith('>') ? `>${PASSWORD}` : word))
    .map((word) => word.replace('~parley:*', '~t*').replace('~{parley:queues}*', '~{t*').replace('&parley:*', '&t*'));

export const startTestTopology = async (name: string): Promise<StartedTopology> => {
  switch (name) {
    case 'single': {
      const redis = await startRedis();
      return { env: { TEST_TOPOLOGY: redis.url }, stop: redis.stop };
    }
    case 'sentinel': {
      const { sentinels, name: master, stop } = await startRedisSentinel();
      return { env: { TEST_TOPOLOGY: `redis-sentinel://${listOf(sentinels)}/${master}` }, stop };
    }
    case 'cluster': {
      const { nodes, stop } = await startRedisCluster();
      return { env: { TEST_TOPOLOGY: `redis-cluster://${listOf(nodes)}` }, stop };
    }
    case 'tls': {
      const authority = await makeAuthority();
      const { port, args } = await tlsArgs(authority);
      const redis = await startRedis({ args });
      const admin = new Redis(redis.url);
      await admin.call('ACL', 'SETUSER', 'parley', ...rightsForTests());
      admin.disconnect();
      const TEST_TOPOLOGY = `rediss://parley:${PASSWORD}@127.0.0.1:${port}`;
      return { env: { TEST_TOPOLOGY, TEST_REDIS_TLS_CA: authority.ca }, stop: redis.stop };
    }
    default:
      throw new Error(`there is no topology "${name}"`);
  }
};
