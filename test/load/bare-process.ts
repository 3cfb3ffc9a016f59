import { createConnection, defineScripts, KeySpace, type RedisConnection } from '@app/redis';
import { BareWrites } from './bare-writes.js';

/** What a server process of the benchmark tells its parent once it listens. */
export interface BareReady {
  readonly port: number;
  /** Sessions that it has made. */
  readonly ids: readonly string[];
}

/** A connection with the options of the product's, to the Redis that the environment names. */
export const connectRedis = async (): Promise<RedisConnection> => {
  const redis = createConnection({ url: process.env['REDIS_URL'] }, 'commands');
  await redis.connect();
  defineScripts(redis);
  return redis;
};

/** Makes as many sessions as `SESSIONS` says. */
export const createWrites = async (): Promise<{ writes: BareWrites; ids: readonly string[] }> => {
  const keys = new KeySpace(process.env['KEY_PREFIX'] ?? '', Number(process.env['PARTITIONS']));
  const writes = new BareWrites(await connectRedis(), keys);
  const ids: string[] = [];
  for (let count = Number(process.env['SESSIONS']); count > 0; count -= 1) ids.push(await writes.create());
  return { writes, ids };
};

/** Tells the parent that the server listens, and ends the process when the parent wants it. */
export const report = (ready: BareReady): void => {
  process.once('SIGTERM', () => process.exit(0));
  process.once('disconnect', () => process.exit(0));
  process.send?.(ready);
};

/** The id in `/genesys/1/service/{id}/…`. */
export const idInPath = (path: string): string => path.slice(19, 55);
