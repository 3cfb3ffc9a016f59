import type { Settings } from '@app/config';
import type { Logger } from '@app/observability';
import { type ConnectionPurpose, createConnection, defineScripts, type RedisConnection } from '@app/redis';

/** A Redis that cannot be reached says so at most this often, in milliseconds. */
const COMPLAIN_EVERY_MS = 5_000;

/** Makes the connections of a process to its Redis. They know our scripts, and complain with one voice. */
export const connector = (settings: Settings, logger: Logger): ((purpose: ConnectionPurpose) => RedisConnection) => {
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
    if (purpose === 'commands') defineScripts(connection);
    return connection;
  };
};
