import { RedisEventStore } from '@app/event-store';
import { createConnection, KeySpace, type RedisConnection } from '@app/redis';
import { type AgentEntry, writeAgentsFile } from '../../support/agents-file.js';
import { ChoiceProxy } from '../../support/choice-proxy.js';
import { HttpClient } from '../../support/http.js';
import { redisReaper } from '../../support/redis-reaper.js';
import { startRedis, type TestRedis } from '../../support/redis-server.js';
import { Failures } from './failures.js';
import { History } from './history.js';
import type { MixOptions } from './mix-options.js';
import { MortalProcess } from './mortal-process.js';

const KEY_PREFIX = 'mix';
/** The default of the product. */
const PARTITIONS = 64;
const CAPACITY = 30;
const READ_DEADLINE_MS = 10_000;

/** No customer of ours types too fast or too much. */
const LIMITS = { MESSAGES_PER_10S: '100000', MESSAGES_PER_CHAT: '1000000', COMET_HANDSHAKES_PER_10S: '1000' };

/** Everything that one seed lives with. */
export interface World {
  readonly seed: number;
  readonly options: MixOptions;
  readonly history: History;
  readonly redis: TestRedis;
  /** Straight to Redis, past all faults of the network. */
  readonly direct: RedisConnection;
  readonly store: RedisEventStore;
  readonly gateways: readonly MortalProcess[];
  readonly workers: readonly MortalProcess[];
  /** In front of the gateways, for CometD clients. */
  readonly balancer: ChoiceProxy;
  /** Customers' way to each gateway. */
  readonly doors: readonly HttpClient[];
  /** Agents' way to each gateway. */
  readonly backDoors: readonly HttpClient[];
  readonly agents: readonly AgentEntry[];
  /** What went wrong and is no violation of the history: an answer that is not allowed, a process that ended by itself. */
  readonly failures: Failures;
  readonly counts: {
    /** 503s so far. */
    unavailable: number;
    /** How long the slowest of them took, in milliseconds. */
    slowest503Ms: number;
  };
  readonly stop: () => Promise<void>;
}

const agentsOf = (count: number): readonly AgentEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `agent-${index + 1}`,
    nickname: `Agent${index + 1}`,
    capacity: CAPACITY,
  }));

/** Odd seeds have the default durability, even ones the highest of a single Redis. */
export const durabilityOf = (seed: number): 'everysec' | 'always' => (seed % 2 === 0 ? 'always' : 'everysec');

export const startWorld = async (seed: number, options: MixOptions): Promise<World> => {
  // It goes away with this process, however that ends.
  const folder = redisReaper().newFolder();
  const ends: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    const durability = durabilityOf(seed);
    const redis = await startRedis({ args: ['--appendfsync', durability] });
    ends.push(() => redis.stop());
    const agents = agentsOf(options.agents);
    const env = {
      KEY_PREFIX,
      DEMO_AGENT: '0',
      DURABILITY: durability,
      AGENTS_FILE: writeAgentsFile(folder, agents),
      ...LIMITS,
    };
    const start = async (role: MortalProcess['role'], number: number): Promise<MortalProcess> => {
      const name = `${role} ${number}`;
      const started = await MortalProcess.start({ name, role, redisPort: redis.port, folder, env });
      ends.push(() => started.stop());
      return started;
    };
    const gateways = await Promise.all([start('gateway', 1), start('gateway', 2)]);
    const workers = await Promise.all([start('worker', 1), start('worker', 2)]);
    const balancer = await ChoiceProxy.start({ seed, targets: gateways.map(({ url }) => url), lostShare: 0.02 });
    ends.push(() => balancer.close());
    const direct = createConnection({ url: redis.url }, 'commands');
    direct.on('error', () => undefined);
    ends.push(() => {
      direct.disconnect();
    });
    const store = new RedisEventStore(direct, new KeySpace(KEY_PREFIX, PARTITIONS), { deadlineMs: READ_DEADLINE_MS });
    const doors = gateways.map(({ url }) => new HttpClient(url));
    const backDoors = gateways.map((gateway) => new HttpClient(() => gateway.internalUrl));
    ends.push(() => {
      for (const door of [...doors, ...backDoors]) door.close();
    });
    return {
      ...{ seed, options, redis, direct, store, gateways, workers, balancer, doors, backDoors, agents, stop },
      history: new History(),
      failures: new Failures(),
      counts: { unavailable: 0, slowest503Ms: 0 },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
