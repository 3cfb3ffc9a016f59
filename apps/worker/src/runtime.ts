import { FeedServer } from '@app/broker';
import type { Settings } from '@app/config';
import { DueTimes } from '@app/event-store';
import { createLogger, createMetrics, type Logger, type Metrics, Readiness } from '@app/observability';
import { type KeySpace, type RedisClock, type RedisConnection, writeProbe } from '@app/redis';
import { connector, createServiceStore } from '@app/runtime';
import { DeadlineKeeper } from './deadlines/deadline-keeper.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DeadlineSweep } from './deadlines/deadline-sweep.js';
import { DeadlineWatch } from './deadlines/deadline-watch.js';
import { Robot } from './robot/robot.js';

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
/** The part of the shutdown time that running handlers may use; the rest is for taking leave. */
const HANDLERS_SHARE = 0.6;

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
  const { keys, clock, repository } = createServiceStore(settings, commands, logger, metrics);
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
    readiness: new Readiness(() => writeProbe(commands, keys)),
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
