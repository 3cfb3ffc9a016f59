import { readFileSync } from 'node:fs';
import { type Settings, SettingsError } from '@app/config';
import type { Logger } from '@app/observability';
import {
  type ConnectionPurpose,
  createConnection,
  defineScripts,
  KeySpace,
  type RedisConnection,
  type RedisTls,
  type RedisTopology,
  watchConnection,
} from '@app/redis';

/** A Redis that cannot be reached says so at most this often, in milliseconds. */
const COMPLAIN_EVERY_MS = 5_000;
/** What a probe writes goes by itself, in seconds. */
const PROBE_EXPIRES_S = 60;

const fileOf = (setting: string, path: string | undefined): string | undefined => {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SettingsError(`${setting}: expected the path of a readable file, got "${path}"`);
  }
};

const tlsOf = (settings: Settings): RedisTls => {
  const [cert, key] = [fileOf('REDIS_TLS_CERT', settings.redisTlsCert), fileOf('REDIS_TLS_KEY', settings.redisTlsKey)];
  if ((cert === undefined) !== (key === undefined)) {
    throw new SettingsError('REDIS_TLS_CERT: expected REDIS_TLS_CERT and REDIS_TLS_KEY together, got one of them');
  }
  return { ca: fileOf('REDIS_TLS_CA', settings.redisTlsCa), serverName: settings.redisTlsServerName, cert, key };
};

/**
 * Where the settings say that Redis is.
 * @throws SettingsError when a file that they name cannot be read
 */
export const topologyOf = (settings: Settings): RedisTopology => ({
  url: settings.redisUrl,
  clusterNodes: settings.redisClusterNodes,
  sentinels: settings.redisSentinels,
  sentinelName: settings.redisSentinelName,
  username: settings.redisUsername,
  password: settings.redisPassword,
  sentinelUsername: settings.redisSentinelUsername,
  sentinelPassword: settings.redisSentinelPassword,
  tls: settings.redisTls,
  tlsOptions: tlsOf(settings),
});

/** Why there is no connection: a client that tried several nodes says what the last one said. */
const reasonOf = (error: Error): string => {
  const last =
    'lastNodeError' in error && error.lastNodeError instanceof Error ? `: ${error.lastNodeError.message}` : '';
  return `${error.message}${last}`;
};

const isCertificateTrouble = (reason: string): boolean => /certificate|altnames|self.signed/i.test(reason);

/**
 * Makes the connections of a process to its Redis. They know our scripts, complain with one voice, and are brought back
 * by a watchdog where the client gives up.
 * @throws SettingsError when a file that the settings name cannot be read
 */
export const connector = (settings: Settings, logger: Logger): ((purpose: ConnectionPurpose) => RedisConnection) => {
  const topology = topologyOf(settings);
  const keys = new KeySpace(settings.keyPrefix, settings.partitions);
  let complainedMs = Number.NEGATIVE_INFINITY;
  const complain = (error: Error): void => {
    const nowMs = performance.now();
    if (nowMs - complainedMs < COMPLAIN_EVERY_MS) return;
    complainedMs = nowMs;
    const reason = reasonOf(error);
    const hint = isCertificateTrouble(reason) ? ' (REDIS_TLS_CA and REDIS_TLS_SERVERNAME say whom we believe)' : '';
    logger.warn({ reason }, `no connection to Redis; trying again${hint}`);
  };
  return (purpose) => {
    const connection = createConnection(topology, purpose);
    connection.on('error', complain);
    if (purpose === 'commands') defineScripts(connection);
    let turn = 0;
    // One partition after the other: in a Cluster, one that has no master is no fault of the connection.
    const probe = (): Promise<unknown> => {
      turn = (turn + 1) % settings.partitions;
      return connection.set(keys.probe(turn), '1', 'EX', PROBE_EXPIRES_S);
    };
    watchConnection(connection, {
      // Subscribers cannot be asked; who needs them listens to his own beat.
      probe: purpose === 'subscriber' ? undefined : probe,
      onRebuilt: (reason) => {
        logger.warn({ reason, purpose }, 'a connection to Redis did not come back by itself and is made anew');
      },
    });
    return connection;
  };
};
