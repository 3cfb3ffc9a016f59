import type { Settings } from '@app/config';
import { loadServiceDefinitions } from '@app/config';
import { AggregateRepository, RedisEventStore, serviceKind, ServiceStorage } from '@app/event-store';
import { createLogger, createMetrics, type Logger, type Metrics } from '@app/observability';
import { createConnection, defineScripts, KeySpace, RedisClock, type RedisConnection } from '@app/redis';
import { serviceEventCodec } from '@app/wire';
import { Chats } from './chat/chats.js';
import { Readiness } from './health/readiness.js';
import { RequestReader } from './http/request-reader.js';
import { ServiceCatalog } from './service/service-catalog.js';
import { type ServiceRepository, Services } from './service/services.js';

/** Everything that both listeners of a gateway share, wired by hand: a fault here stops the start. */
export interface Runtime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly redis: RedisConnection;
  readonly clock: RedisClock;
  readonly store: RedisEventStore;
  readonly repository: ServiceRepository;
  readonly storage: ServiceStorage;
  readonly services: Services;
  readonly chats: Chats;
  readonly reader: RequestReader;
  readonly readiness: Readiness;
}

/** A Redis that cannot be reached says so at most this often, in milliseconds. */
const COMPLAIN_EVERY_MS = 5_000;

const listenForErrors = (redis: RedisConnection, logger: Logger): void => {
  let complainedMs = Number.NEGATIVE_INFINITY;
  redis.on('error', (error: Error) => {
    const nowMs = performance.now();
    if (nowMs - complainedMs < COMPLAIN_EVERY_MS) return;
    complainedMs = nowMs;
    logger.warn({ reason: error.message }, 'no connection to Redis; trying again');
  });
};

export const createRuntime = (settings: Settings): Runtime => {
  const logger = createLogger({ name: 'gateway', level: settings.logLevel });
  const metrics = createMetrics({ service: 'gateway' });
  const catalog = new ServiceCatalog(loadServiceDefinitions(settings.servicesDir));
  const redis = createConnection(
    {
      url: settings.redisUrl,
      clusterNodes: settings.redisClusterNodes,
      sentinels: settings.redisSentinels,
      sentinelName: settings.redisSentinelName,
      username: settings.redisUsername,
      password: settings.redisPassword,
      tls: settings.redisTls,
    },
    'commands',
  );
  listenForErrors(redis, logger);
  defineScripts(redis);
  const clock = new RedisClock(redis);
  const keys = new KeySpace(settings.keyPrefix, settings.partitions);
  const deadlineMs = settings.requestDeadlineMs;
  const store = new RedisEventStore(redis, keys, { deadlineMs });
  const rolledBack = metrics.counter('parley_rolled_back_total').labels();
  metrics.observed('parley_store_round_trips_total', () => store.roundTrips);
  const conflicts = metrics.counter('parley_append_conflicts_total').labels();
  const kind = serviceKind(settings, serviceEventCodec);
  const repository = new AggregateRepository(store, kind, clock, {
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
  const storage = new ServiceStorage(redis, keys, deadlineMs);
  const services = new Services(repository, storage, catalog, settings.partitions);
  const chats = new Chats(services, catalog);
  const readiness = new Readiness(redis, keys, clock);
  const reader = new RequestReader(settings);
  return { settings, logger, metrics, redis, clock, store, repository, storage, services, chats, reader, readiness };
};
