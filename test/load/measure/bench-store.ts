import { startRedis, type TestRedis } from '../../support/redis-server.js';
import type { StoreAddress } from './gateway.js';

/** A Redis of the benchmark's own: AOF every second, as under `npm start`. */
export interface BenchStore extends StoreAddress {
  readonly redis: TestRedis;
}

/** The default of the product. */
const PARTITIONS = 64;

/** The file is never rewritten in the middle of a round: whose round that falls into would be chance. */
const NO_REWRITE = ['--auto-aof-rewrite-percentage', '0'];

/** @param keyPrefix - what the product's keys begin with; others keep theirs apart with {@link besides} */
export const startStore = async (keyPrefix = 'bench'): Promise<BenchStore> => {
  const redis = await startRedis({ args: NO_REWRITE });
  return { redis, redisUrl: redis.url, keyPrefix, partitions: PARTITIONS };
};

/** The same Redis for another server, which must not meet the keys of the first. */
export const besides = (store: StoreAddress, name: string): StoreAddress => ({
  ...store,
  keyPrefix: `${store.keyPrefix}-${name}`,
});
