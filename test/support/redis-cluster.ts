import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { startRedis, type TestRedis } from './redis-server.js';
import { type TestAuthority, tlsArgs, type TlsPort } from './redis-tls.js';

export interface TestClusterOptions {
  /** 3 by default. */
  readonly masters?: number;
  /** Per master; 1 by default. */
  readonly replicas?: number;
  readonly args?: readonly string[];
  /** Its nodes speak TLS to each other and to clients, on ports of their own; the plain ones stay for the test. */
  readonly tls?: TestAuthority;
}

/** A real cluster on 127.0.0.1. */
export interface TestCluster {
  /** Masters first, then replicas; each can be killed or frozen on its own. */
  readonly nodes: readonly TestRedis[];
  /** Of each node, where TLS is spoken. */
  readonly tlsPorts: readonly number[];
  readonly stop: () => Promise<void>;
}

const SLOTS = 16_384;
/** The bus of a node listens on its port plus this. */
const BUS_OFFSET = 10_000;
/** How often the state is looked at, and how long the nodes may take to agree, in milliseconds: 2 to 4 s are usual. */
const LOOK_MS = 50;
const AGREE_MS = 20_000;

const SETTINGS: readonly string[] = [
  ...['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf', '--cluster-node-timeout', '2000'],
  // One dead master stops its own slots only, and replicas stay where the test put them.
  ...['--cluster-require-full-coverage', 'no', '--cluster-allow-replica-migration', 'no'],
  ...['--repl-diskless-sync-delay', '0', '--repl-backlog-size', '16mb'],
];

/** Starts the nodes and resolves when every one of them sees the whole cluster well and every replica follows. */
export const startRedisCluster = async (options: TestClusterOptions = {}): Promise<TestCluster> => {
  const { masters = 3, replicas = 1, args = [] } = options;
  const count = masters * (1 + replicas);
  const tls: TlsPort[] = [];
  if (options.tls !== undefined) {
    for (let node = 0; node < count; node += 1) tls.push(await tlsArgs(options.tls, { companions: [BUS_OFFSET] }));
  }
  const tlsPorts = tls.map(({ port }) => port);
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, node) => {
      const more =
        tls[node] === undefined ? [] : [...tls[node].args, '--tls-cluster', 'yes', '--tls-replication', 'yes'];
      return startRedis({ args: [...SETTINGS, ...more, ...args], companions: [BUS_OFFSET] });
    }),
  );
  const nodes = started.flatMap((node) => (node.status === 'fulfilled' ? [node.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const connections = nodes.map(({ url }) => new Redis(url, { maxRetriesPerRequest: 0 }));
  try {
    const failed = started.find((node) => node.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await join(connections, masters, tlsPorts);
    return { nodes, tlsPorts, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    for (const connection of connections) connection.disconnect();
  }
};

const join = async (nodes: readonly Redis[], masters: number, tlsPorts: readonly number[]): Promise<void> => {
  const ids = await Promise.all(nodes.map((node) => node.cluster('MYID')));
  await Promise.all(
    nodes.map(async (node, index) => {
      // Epochs that differ from the start spare the nodes a round of settling conflicts.
      await node.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (index >= masters) return;
      const first = Math.floor((index * SLOTS) / masters);
      const last = Math.floor(((index + 1) * SLOTS) / masters) - 1;
      await node.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
    }),
  );
  // Everyone is introduced to everyone: gossip alone takes seconds longer.
  for (const [index, node] of nodes.entries()) {
    for (const [offset, other] of nodes.slice(index + 1).entries()) {
      await node.call('CLUSTER', 'MEET', '127.0.0.1', tlsPorts[index + 1 + offset] ?? portOf(other));
    }
  }
  await until('every node knows every other', nodes, async (node) => {
    const known = await nodeLines(node);
    return ids.every((id) => known.some((line) => line.startsWith(id) && !line.includes('handshake')));
  });
  await Promise.all(
    nodes.slice(masters).map((replica, index) => replica.call('CLUSTER', 'REPLICATE', ids[index % masters] ?? '')),
  );
  await until('every replica follows its master', nodes.slice(masters), async (replica) =>
    (await replica.info('replication')).includes('master_link_status:up'),
  );
  // Clients are not told of a replica that has received nothing yet.
  await Promise.all(nodes.slice(0, masters).map((master) => master.flushall()));
  await until('all nodes are well and known as what they are', nodes, async (node) => {
    const [state, known, slots] = await Promise.all([node.cluster('INFO'), nodeLines(node), node.cluster('SLOTS')]);
    // A node that does not yet see the replicas as replicas could not help in a failover.
    return (
      state.includes('cluster_state:ok') &&
      known.length === nodes.length &&
      known.every((line) => line.includes(' connected')) &&
      known.filter((line) => / (myself,)?slave /.test(line)).length === nodes.length - masters &&
      // Each range: its two ends, its master, its replicas.
      slots.reduce((sum, range) => sum + range.length - 2, 0) === nodes.length
    );
  });
};

const until = async (
  what: string,
  nodes: readonly Redis[],
  holds: (node: Redis) => Promise<boolean>,
): Promise<void> => {
  const deadline = Date.now() + AGREE_MS;
  while (!(await Promise.all(nodes.map(holds))).every(Boolean)) {
    if (Date.now() > deadline) throw new Error(`the cluster did not agree within ${AGREE_MS} ms that ${what}`);
    await pause(LOOK_MS);
  }
};

const nodeLines = async (node: Redis): Promise<readonly string[]> =>
  String(await node.cluster('NODES'))
    .split('\n')
    .filter((line) => line !== '');

const portOf = (node: Redis): number => node.options.port ?? 0;
