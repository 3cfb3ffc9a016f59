import { createConnection, defineScripts, KeySpace, type RedisConnection } from '@app/redis';
import { startRedisCluster, type TestCluster } from '../../../test/support/redis-cluster.js';
import { waitFor } from '../../../test/support/http.js';
import { FeedServer } from './feed-server.js';
import { SERVICE_CHANGED } from './service-changed.js';

const PARTITIONS = 16;

describe('FeedServer, over a Cluster', () => {
  let cluster: TestCluster;
  const connections: RedisConnection[] = [];
  const servers: FeedServer[] = [];
  const keys = new KeySpace('test', PARTITIONS);

  beforeAll(async () => {
    cluster = await startRedisCluster({ masters: 3, replicas: 0 });
  }, 30_000);

  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    for (const connection of connections) connection.disconnect();
    await cluster.stop();
  });

  const connect = (purpose: 'commands' | 'subscriber'): RedisConnection => {
    const connection = createConnection({ clusterNodes: cluster.nodes }, purpose);
    connection.on('error', () => undefined);
    defineScripts(connection);
    connections.push(connection);
    return connection;
  };

  it('is woken by every partition, whichever node it is on', async () => {
    const redis = connect('commands');
    const seen = new Set<string>();
    const complaints: object[] = [];
    const complain = (fields: object): void => {
      complaints.push(fields);
    };
    const server = new FeedServer({
      commands: connect('commands'),
      subscriber: connect('subscriber'),
      keys,
      logger: { info: complain, warn: complain, error: complain },
      sweepMs: 500,
    });
    servers.push(server);
    server.addHandler(
      SERVICE_CHANGED,
      ({ serviceId }: { serviceId: string }) => {
        seen.add(serviceId);
        return Promise.resolve();
      },
      true,
    );
    await new Promise<void>((resolve) => {
      server.listen(() => {
        resolve();
      });
    });
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    // A wake-up that one subscriber got, on each partition's own node.
    await waitFor(
      'all partitions are subscribed to',
      async () => {
        const heard = await Promise.all(partitions.map((partition) => redis.spublish(keys.feed(partition), '')));
        return heard.every((count) => count === 1);
      },
      10_000,
    );
    for (const partition of partitions) {
      await redis.xadd(keys.feed(partition), '*', 's', `service-${partition}`, 'e', '1-0');
      await redis.spublish(keys.feed(partition), '');
    }
    await waitFor('all are delivered', () => seen.size === PARTITIONS);
    await waitFor('all are acknowledged', async () => {
      const lengths = await Promise.all(partitions.map((partition) => redis.xlen(keys.feed(partition))));
      return lengths.every((length) => length === 0);
    });
    expect(complaints).toEqual([]);
  }, 30_000);
});
