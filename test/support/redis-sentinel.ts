import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { redisReaper } from './redis-reaper.js';
import { startRedis, type TestRedis } from './redis-server.js';
import { type TestAuthority, tlsArgs } from './redis-tls.js';

export interface TestSentinelOptions {
  /** 2 by default. */
  readonly replicas?: number;
  /** 3 by default. */
  readonly sentinels?: number;
  /** Silence after which a master counts as down, in milliseconds. @defaultValue 1500 */
  readonly downAfterMs?: number;
  /** More settings of the servers that hold data. */
  readonly args?: readonly string[];
  /** All of them speak TLS to each other and to clients, on ports of their own; the plain ones stay for the test. */
  readonly tls?: TestAuthority;
}

/** A master with replicas, and Sentinels that watch it, on 127.0.0.1. */
export interface TestSentinel {
  /** The first master, then its replicas; each can be killed, frozen and restarted on its own. */
  readonly nodes: readonly TestRedis[];
  readonly sentinels: readonly TestRedis[];
  /** Of each Sentinel, where TLS is spoken. */
  readonly tlsPorts: readonly number[];
  /** The name under which the master is watched. */
  readonly name: string;
  /** Whom the Sentinels take for the master now. */
  readonly master: () => Promise<TestRedis>;
  readonly stop: () => Promise<void>;
}

const NAME = 'parley';
/** How often the state is looked at, and how long the nodes may take to agree, in milliseconds: 2 to 3 s are usual. */
const LOOK_MS = 50;
const AGREE_MS = 20_000;

const SETTINGS: readonly string[] = ['--repl-diskless-sync-delay', '0', '--repl-backlog-size', '16mb'];

/** Starts the nodes and resolves when every Sentinel knows the others and all replicas follow. */
export const startRedisSentinel = async (options: TestSentinelOptions = {}): Promise<TestSentinel> => {
  const { replicas = 2, sentinels = 3, args = [] } = options;
  const running: TestRedis[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    const ports = new Map<number, TestRedis>();
    const dataNode = async (more: readonly string[]): Promise<readonly [TestRedis, number]> => {
      const tls = await tlsOf(options);
      const node = await startRedis({ args: [...SETTINGS, ...tls.args, ...more, ...args] });
      running.push(node);
      const port = tls.port ?? node.port;
      ports.set(port, node);
      return [node, port];
    };
    const [first, firstPort] = await dataNode([]);
    const follow = ['--replicaof', '127.0.0.1', String(firstPort)];
    const followers = await all(Array.from({ length: replicas }, () => dataNode(follow)));
    await agreed(
      'every replica follows',
      followers.map(([node]) => node),
      async (node) => (await node.info('replication')).includes('master_link_status:up'),
    );
    const quorum = Math.floor(sentinels / 2) + 1;
    const watchers = await all(
      Array.from({ length: sentinels }, async () => {
        const tls = await tlsOf(options);
        const sentinel = await startSentinel(firstPort, quorum, options, tls.args);
        running.push(sentinel);
        return [sentinel, tls.port] as const;
      }),
    );
    const watching = watchers.map(([sentinel]) => sentinel);
    const status = `status=ok,address=127.0.0.1:${firstPort},slaves=${replicas},sentinels=${sentinels}`;
    await agreed('every Sentinel knows all', watching, async (node) => (await node.info('sentinel')).includes(status));
    const master = async (): Promise<TestRedis> => {
      const port = await masterPort(watching);
      const node = ports.get(port);
      if (node === undefined) throw new Error(`no node of ours has port ${port}`);
      return node;
    };
    const nodes = [first, ...followers.map(([node]) => node)];
    const tlsPorts = watchers.flatMap(([, port]) => port ?? []);
    return { nodes, sentinels: watching, tlsPorts, name: NAME, master, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Waits for all, also where one fails, so that nothing starts after the end. */
const all = async <T>(promises: readonly Promise<T>[]): Promise<readonly T[]> => {
  await Promise.allSettled(promises);
  return Promise.all(promises);
};

const tlsOf = async ({
  tls,
}: TestSentinelOptions): Promise<{ readonly port?: number; readonly args: readonly string[] }> => {
  if (tls === undefined) return { args: [] };
  const { port, args } = await tlsArgs(tls);
  return { port, args: [...args, '--tls-replication', 'yes'] };
};

/** A Sentinel writes what it learns into its file: on a restart it knows its peers. */
const startSentinel = async (
  masterPort: number,
  quorum: number,
  { downAfterMs = 1_500 }: TestSentinelOptions,
  args: readonly string[],
): Promise<TestRedis> => {
  const dir = redisReaper().newFolder();
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} ${quorum}`,
    `sentinel down-after-milliseconds ${NAME} ${downAfterMs}`,
    `sentinel failover-timeout ${NAME} 10000`,
    `sentinel parallel-syncs ${NAME} 2`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return startRedis({ sentinelFile: file, dir, args });
};

const masterPort = async (sentinels: readonly TestRedis[]): Promise<number> => {
  for (const { url } of sentinels) {
    const port = await asked(url, async (redis) => {
      const address = (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as readonly string[];
      return Number(address[1]);
    }).catch(() => undefined);
    if (port !== undefined) return port;
  }
  throw new Error('no Sentinel answers');
};

const asked = async <T>(url: string, question: (redis: Redis) => Promise<T>): Promise<T> => {
  const redis = new Redis(url, {
    ...{ lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: 1_000, commandTimeout: 1_000 },
    ...{ retryStrategy: () => null, enableReadyCheck: false },
  });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
};

const agreed = async (
  what: string,
  nodes: readonly TestRedis[],
  holds: (node: Redis) => Promise<boolean>,
): Promise<void> => {
  const deadline = Date.now() + AGREE_MS;
  while (!(await Promise.all(nodes.map(({ url }) => asked(url, holds)))).every(Boolean)) {
    if (Date.now() > deadline) throw new Error(`it was not so within ${AGREE_MS} ms that ${what}`);
    await pause(LOOK_MS);
  }
};
