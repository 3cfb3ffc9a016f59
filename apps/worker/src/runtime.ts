import { FeedServer } from '@app/broker';
import type { Settings } from '@app/config';
import { AggregateRepository, DueTimes, RedisEventStore, serviceKind } from '@app/event-store';
import { createLogger, createMetrics, type Logger, type Metrics } from '@app/observability';
import {
  type ConnectionPurpose,
  createConnection,
  defineScripts,
  KeySpace,
  RedisClock,
  type RedisConnection,
} from '@app/redis';
import { serviceEventCodec } from '@app/wire';
import { DeadlineKeeper } from './deadlines/deadline-keeper.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DeadlineSweep } from './deadlines/deadline-sweep.js';
import { DeadlineWatch } from './deadlines/deadline-watch.js';
import { Readiness } from './health/readiness.js';
import { Robot } from './robot/robot.js';
import type { ServiceRepository } from './service-repository.js';

/** Everything of a worker, wired by hand: a fault here stops the start. */
export interface Runtime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: RedisClock;
  readonly readiness: Readiness;
  readonly feed: FeedServer;
  readonly robot: Robot;
  readonly watch: DeadlineWatch;
  readonly sweep: DeadlineSweep;
  readonly queue: DeadlineQueue;
  readonly connections: readonly RedisConnection[];
}

/** The robot agent's id among participants. */
const ROBOT_ID = 'robot';
/** A Redis that cannot be reached says so at most this often, in milliseconds. */
const COMPLAIN_EVERY_MS = 1_000;
/** The part of the shutdown time that running handlers may use; the rest is for taking leave. */
const HANDLERS_SHARE = 0.6;

/** Connections to one Redis; they complain with one voice. */
const connector = (settings: Settings, logger: Logger): ((purpose: ConnectionPurpose) => RedisConnection) => {
  let complainedMs = Number.NEGATIVE_INFINITY;
  const complain = (error: Error): void => {
    const nowMs = performance.now();
    if (nowMs - complainedMs < COMPLAIN_EVERY_MS) return;
    complainedMs = nowMs;
    logger.warn({ reason: error.message }, 'no connection to Redis; trying again');
  };
  return (purpose) => {
    const connection = createConnection(
      {
        url: settings.redisUrl,
        clusterNodes: settings.redisClusterNodes,
        sentinels: settings.redisSentinels,
        sentinelName: settings.redisSentinelName,
        username: settings.redisUsername,
        password: settings.redisPassword,
        tls: settings.redisTls,
      },
      purpose,
    );
    connection.on('error', complain);
    return connection;
  };
};

const createRepository = (
  settings: Settings,
  store: RedisEventStore,
  clock: RedisClock,
  logger: Logger,
  metrics: Metrics,
): ServiceRepository => {
  const rolledBack = metrics.counter('parley_rolled_back_total').labels();
  const conflicts = metrics.counter('parley_append_conflicts_total').labels();
  return new AggregateRepository(store, serviceKind(settings, serviceEventCodec), clock, {
    cacheEntries: settings.stateCacheEntries,
    cacheBytes: settings.transcriptCacheBytes,
    onRolledBack: (serviceId) => {
      rolledBack.inc();
      logger.error({ serviceId }, 'the store has less than was answered before: it was rolled back');
    },
    onConflict: () => {
      conflicts.inc();
    },
  });
};

const createFeed = (
  settings: Settings,
  [commands, subscriber]: readonly [RedisConnection, RedisConnection],
  keys: KeySpace,
  logger: Logger,
  metrics: Metrics,
): FeedServer => {
  const handled = metrics.counter('parley_feed_handled_total').labels();
  const failures = metrics.counter('parley_feed_failures_total').labels();
  const deadLetters = metrics.counter('parley_dead_letters_total').labels();
  return new FeedServer({
    commands,
    subscriber,
    keys,
    logger,
    closeTimeoutMs: Math.floor(settings.shutdownTimeoutMs * HANDLERS_SHARE),
    hooks: {
      onHandled: (entries) => {
        handled.inc(entries);
      },
      onFailed: () => {
        failures.inc();
      },
      onBuried: () => {
        deadLetters.inc();
      },
    },
  });
};

export const createRuntime = (settings: Settings): Runtime => {
  const logger = createLogger({ name: 'worker', level: settings.logLevel });
  const metrics = createMetrics({ service: 'worker' });
  const connect = connector(settings, logger);
  const commands = connect('commands');
  const subscriber = connect('subscriber');
  const queueConnection = connect('queue');
  defineScripts(commands);
  const clock = new RedisClock(commands);
  const keys = new KeySpace(settings.keyPrefix, settings.partitions);
  const store = new RedisEventStore(commands, keys, { deadlineMs: settings.requestDeadlineMs });
  metrics.observed('parley_store_round_trips_total', () => store.roundTrips);
  const repository = createRepository(settings, store, clock, logger, metrics);
  const dueTimes = new DueTimes(commands, keys, settings.requestDeadlineMs);
  const met = metrics.counter('parley_deadlines_met_total');
  const keeper = new DeadlineKeeper(repository, dueTimes, clock, (kind) => {
    met.labels(kind).inc();
  });
  const queue = new DeadlineQueue({ connection: queueConnection, prefix: keys.queues(), keeper, clock, logger });
  const partitions = settings.partitions;
  return {
    settings,
    logger,
    metrics,
    clock,
    readiness: new Readiness(commands, keys),
    feed: createFeed(settings, [commands, subscriber], keys, logger, metrics),
    robot: new Robot(
      repository,
      { agentId: ROBOT_ID, nickname: settings.demoAgentNickname },
      clock,
      settings.stateCacheEntries,
    ),
    watch: new DeadlineWatch(keeper, queue, settings.stateCacheEntries),
    sweep: new DeadlineSweep({ keeper, dueTimes, clock, alarms: queue, partitions, logger }),
    queue,
    connections: [commands, subscriber, queueConnection],
  };
};
