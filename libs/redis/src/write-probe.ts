import type { RedisConnection } from './connection.js';
import type { KeySpace } from './keys.js';

/** The probe's key goes by itself, in seconds. */
const EXPIRES_S = 60;

/** Writes to Redis, to see whether that can be done. @throws whatever keeps it from being done */
export const writeProbe = async (redis: RedisConnection, keys: KeySpace): Promise<void> => {
  await redis.set(keys.probe(), '1', 'EX', EXPIRES_S);
};
