import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisTopology } from './topology.js';

/** A connection to Redis, whatever its topology. */
export type RedisConnection = Redis | Cluster;

/**
 * What a connection is for.
 * - `commands`: scripts and reads with a deadline. Nothing is sent again by the client: a command whose reply was lost
 *   may have been applied, and only its owner knows how to ask again without doubling it.
 * - `subscriber`: pub/sub. Reconnects for ever and subscribes again; messages are hints only.
 * - `queue`: BullMQ, which blocks and needs a client that never gives up.
 */
export type ConnectionPurpose = 'commands' | 'subscriber' | 'queue';

/** How long a connection waits for anything to come back before it is thought dead, in milliseconds. */
const SOCKET_TIMEOUT_MS = 1_500;
const CONNECT_TIMEOUT_MS = 1_000;
/** Ceiling of the pause between two attempts to connect, in milliseconds. */
const RECONNECT_MAX_MS = 500;

const optionsFor = (purpose: ConnectionPurpose): RedisOptions => {
  const common: RedisOptions = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 50, RECONNECT_MAX_MS),
    lazyConnect: true,
  };
  switch (purpose) {
    case 'commands':
      return {
        ...common,
        maxRetriesPerRequest: 0,
        socketTimeout: SOCKET_TIMEOUT_MS,
        enableAutoPipelining: true,
        // A replica that was a master a moment ago says so: find the new one.
        reconnectOnError: (error) => error.message.startsWith('READONLY'),
      };
    case 'subscriber':
      // A subscription may go out before the question whether Redis is ready, which then may not be asked any more.
      return { ...common, maxRetriesPerRequest: null, autoResubscribe: true, enableReadyCheck: false };
    case 'queue':
      return { ...common, maxRetriesPerRequest: null };
  }
};

/** How long a Sentinel may take to answer, in milliseconds: a frozen one would otherwise hold up a reconnect for ever. */
const SENTINEL_TIMEOUT_MS = 1_000;
/** How old the map of slots may be, in milliseconds: a move that no command has met yet is seen by then. */
const SLOTS_MAX_AGE_MS = 1_000;

/** The options of TLS, or undefined where none is spoken. */
const tlsOf = ({ url, tls, tlsOptions = {} }: RedisTopology): ConnectionOptions | undefined => {
  const isTls = url === undefined ? tls === true : url.startsWith('rediss:');
  if (!isTls) return undefined;
  const { ca, serverName, cert, key } = tlsOptions;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
};

/**
 * Makes a connection that is not open yet (`connect()` or the first command opens it). Errors are emitted as `error`
 * events; the caller must listen.
 */
export const createConnection = (topology: RedisTopology, purpose: ConnectionPurpose): RedisConnection => {
  const tls = tlsOf(topology);
  const credentials: RedisOptions = {
    ...(topology.username === undefined ? {} : { username: topology.username }),
    ...(topology.password === undefined ? {} : { password: topology.password }),
    ...(tls === undefined ? {} : { tls }),
  };
  const options: RedisOptions = { ...optionsFor(purpose), ...credentials };
  if (topology.clusterNodes !== undefined) {
    const { enableAutoPipelining, lazyConnect, ...redisOptions } = options;
    return new Cluster([...topology.clusterNodes], {
      redisOptions,
      enableAutoPipelining: enableAutoPipelining ?? false,
      lazyConnect: lazyConnect ?? true,
      shardedSubscribers: purpose === 'subscriber',
      slotsRefreshInterval: SLOTS_MAX_AGE_MS,
      retryDelayOnFailover: purpose === 'commands' ? 0 : 100,
      clusterRetryStrategy: (times) => Math.min(times * 50, RECONNECT_MAX_MS),
      // Certificates are for names: looked up beforehand, only addresses would be left to compare them with.
      ...(tls === undefined ? {} : { dnsLookup: keepName }),
    });
  }
  if (topology.sentinels !== undefined) {
    const { sentinelUsername, sentinelPassword } = topology;
    return new Redis({
      ...options,
      sentinels: [...topology.sentinels],
      name: topology.sentinelName ?? 'parley',
      failoverDetector: true,
      sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
      ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
      ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
      ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    });
  }
  if (topology.url === undefined) throw new Error('createConnection: expected url, clusterNodes or sentinels');
  return new Redis(topology.url, options);
};

const keepName = (name: string, done: (error: null, address: string) => void): void => {
  done(null, name);
};
