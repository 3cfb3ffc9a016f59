import { FeedServer } from '@app/broker';
import type { Settings } from '@app/config';
import { CHATS_KEPT, UserChats } from '@app/delivery';
import { DueTimes, UserHistory } from '@app/event-store';
import { LogicHost, RedisLogicVersions } from '@app/logic';
import { createLogger, createMetrics, type Logger, masked, type Metrics, Readiness } from '@app/observability';
import { pushQueueOf } from '@app/outbound';
import { loadPushSettings, PUSH_CHANNELS, PushProviders } from '@app/push';
import { type KeySpace, type RedisClock, type RedisConnection, writeProbe } from '@app/redis';
import { RedisRoutingTable } from '@app/routing';
import { connector, createServiceStore } from '@app/runtime';
import { DeadlineKeeper } from './deadlines/deadline-keeper.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DeadlineSweep } from './deadlines/deadline-sweep.js';
import { DeadlineWatch } from './deadlines/deadline-watch.js';
import { HistoryKeeper } from './history/history-keeper.js';
import { Orchestration } from './orchestration/orchestration.js';
import { Orchestrator } from './orchestration/orchestrator.js';
import { OutboundQueue } from './outbound/outbound-queue.js';
import { PushDelivery } from './push/push-delivery.js';
import { PushDispatch, type PushJob } from './push/push-dispatch.js';
import { PushRecord } from './push/push-record.js';
import { Robot } from './robot/robot.js';
import { RobotPresence } from './robot/robot-presence.js';
import { Router } from './routing/router.js';
import { RoutingSweep } from './routing/routing-sweep.js';
import { createWebhooks } from './webhooks/create-webhooks.js';

/** Everything of a worker, wired by hand: a fault here stops the start. */
export interface Runtime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: RedisClock;
  readonly readiness: Readiness;
  readonly feed: FeedServer;
  readonly robot: Robot;
  readonly robotPresence: RobotPresence;
  readonly orchestration: Orchestration;
  readonly routingSweep: RoutingSweep;
  readonly host: LogicHost;
  readonly watch: DeadlineWatch;
  readonly sweep: DeadlineSweep;
  readonly queues: readonly { start(): void; close(): Promise<void> }[];
  readonly providers: PushProviders | undefined;
  /** The `commands` connection. */
  readonly redis: RedisConnection;
  readonly connections: readonly RedisConnection[];
}

/** The robot agent's id among participants. */
const ROBOT_ID = 'robot';
/** Tries of one push, and the longest pause between two of them, in milliseconds. */
const PUSH_TRIES = 5;
const PUSH_PAUSE_MS = 60_000;
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
  const subscriber = connect('subscriber');
  const queueConnection = connect('queue');
  const store = createServiceStore(settings, connect, logger, metrics);
  const { redis: commands, keys, clock, repository, agents } = store;
  const dueTimes = new DueTimes(commands, keys, settings.requestDeadlineMs);
  const met = metrics.counter('parley_deadlines_met_total');
  const keeper = new DeadlineKeeper(repository, dueTimes, clock, (kind) => {
    met.labels(kind).inc();
  });
  const queue = new DeadlineQueue({ connection: queueConnection, prefix: keys.queues(), keeper, clock, logger });
  const { partitions, requestDeadlineMs, stateCacheEntries } = settings;
  const watch = new DeadlineWatch(keeper, queue, stateCacheEntries);
  const table = new RedisRoutingTable(commands, keys, requestDeadlineMs);
  const userChats = new UserChats(commands, keys, clock, { deadlineMs: requestDeadlineMs, ...CHATS_KEPT });
  const router = new Router(repository, agents, table, userChats, clock, stateCacheEntries);
  const host = new LogicHost({ logger });
  const logicFailures = metrics.counter('parley_logic_failures_total').labels();
  const orchestrator = new Orchestrator({
    ...{ services: repository, host, logger, cacheEntries: stateCacheEntries },
    versions: new RedisLogicVersions(commands, keys.logics(), requestDeadlineMs),
    onFailed: () => {
      logicFailures.inc();
    },
  });
  const masks = settings.mask.filter((name) => name !== 'none');
  const mask = (text: string): string => masked(text, masks);
  const pushed = metrics.counter('parley_pushes_total');
  const record = new PushRecord(repository, (channel, outcome) => {
    pushed.labels(channel, outcome).inc();
  });
  const providers =
    settings.pushConfig === undefined ? undefined : new PushProviders(loadPushSettings(settings.pushConfig));
  const delivery = new PushDelivery({ services: repository, providers, record, mask });
  const outbound = { connection: queueConnection, prefix: keys.queues(), logger };
  const pushQueues = new Map(
    PUSH_CHANNELS.map((channel) => [
      channel,
      new OutboundQueue<PushJob>({
        ...outbound,
        ...{ name: pushQueueOf(channel), triesMax: PUSH_TRIES, longestPauseMs: PUSH_PAUSE_MS, rememberS: 0 },
        attempt: delivery.attempt,
      }),
    ]),
  );
  const pushes = new PushDispatch(pushQueues, record, stateCacheEntries);
  const webhooks = createWebhooks(settings, mask, {
    ...outbound,
    services: repository,
    clock,
    metrics,
    redis: commands,
    keys,
  });
  const robotAgent = { agentId: ROBOT_ID, nickname: settings.demoAgentNickname };
  return {
    settings,
    logger,
    metrics,
    clock,
    readiness: new Readiness(() => writeProbe(commands, keys)),
    feed: createFeed(settings, [commands, subscriber], keys, logger, metrics),
    robot: new Robot(repository, robotAgent, clock, stateCacheEntries),
    robotPresence: new RobotPresence(agents, table, robotAgent, clock, logger),
    orchestration: new Orchestration({
      ...{ services: repository, orchestrator, router, watch, pushes },
      history: new HistoryKeeper(new UserHistory(commands, keys, requestDeadlineMs), stateCacheEntries),
      webhooks: webhooks?.webhooks,
    }),
    routingSweep: new RoutingSweep({ router, table, clock, logger, awayAfterMs: settings.agentAwayAfterMs }),
    host,
    watch,
    sweep: new DeadlineSweep({ keeper, dueTimes, clock, alarms: queue, partitions, logger }),
    queues: [queue, ...pushQueues.values(), ...(webhooks === undefined ? [] : [webhooks.queue])],
    providers,
    redis: commands,
    connections: [...store.connections, subscriber, queueConnection],
  };
};
