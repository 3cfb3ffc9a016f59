import type { Settings } from '@app/config';
import type { ServiceCommand, ServiceEvent, ServiceState } from '@app/domain';
import { AggregateRepository, RedisEventStore, serviceKind } from '@app/event-store';
import type { Logger, Metrics } from '@app/observability';
import { KeySpace, RedisClock, type RedisConnection } from '@app/redis';
import { serviceEventCodec } from '@app/wire';

export type ServiceRepository = AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;

/** The services of a store, as every process sees them. */
export interface ServiceStore {
  readonly keys: KeySpace;
  readonly clock: RedisClock;
  readonly repository: ServiceRepository;
}

/** @param redis - a `commands` connection */
export const createServiceStore = (
  settings: Settings,
  redis: RedisConnection,
  logger: Logger,
  metrics: Metrics,
): ServiceStore => {
  const keys = new KeySpace(settings.keyPrefix, settings.partitions);
  const clock = new RedisClock(redis);
  const store = new RedisEventStore(redis, keys, { deadlineMs: settings.requestDeadlineMs });
  metrics.observed('parley_store_round_trips_total', () => store.roundTrips);
  const rolledBack = metrics.counter('parley_rolled_back_total').labels();
  const conflicts = metrics.counter('parley_append_conflicts_total').labels();
  const repository = new AggregateRepository(store, serviceKind(settings, serviceEventCodec), clock, {
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
  return { keys, clock, repository };
};
