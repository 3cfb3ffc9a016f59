import type { ServiceCommand, ServiceEvent, ServiceState } from '@app/domain';
import { AggregateRepository, RedisEventStore, serviceKind } from '@app/event-store';
import { createConnection, defineScripts, KeySpace, RedisClock, type RedisConnection } from '@app/redis';
import { serviceEventCodec } from '@app/wire';
import { topologyOf } from '../../support/test-topology.js';
import type { StoreAddress } from './gateway.js';

const DEADLINE_MS = 10_000;
const NO_LIMITS = { messagesPer10S: 1_000_000, messagesPerChat: 1_000_000 };

/** The repository of the product in the process of the benchmark: it writes what agents say, and long transcripts. */
export interface ProductRepository {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly store: RedisEventStore;
  readonly repository: AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;
  readonly close: () => void;
}

export const openRepository = async (address: StoreAddress): Promise<ProductRepository> => {
  const redis = createConnection(topologyOf(address.redisUrl), 'commands');
  await redis.connect();
  defineScripts(redis);
  const clock = new RedisClock(redis);
  await clock.start();
  const keys = new KeySpace(address.keyPrefix, address.partitions);
  const store = new RedisEventStore(redis, keys, { deadlineMs: DEADLINE_MS });
  const repository = new AggregateRepository(store, serviceKind(NO_LIMITS, serviceEventCodec), clock, {
    cacheEntries: 10_000,
    cacheBytes: 100_000_000,
  });
  return {
    redis,
    keys,
    store,
    repository,
    close: () => {
      clock.stop();
      redis.disconnect();
    },
  };
};
