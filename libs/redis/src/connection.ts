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
      return { ...common, maxRetriesPerRequest: null, autoResubscribe: true };
    case 'queue':
      return { ...common, maxRetriesPerRequest: null };
  }
};

/**
 * Makes a connection that is not open yet (`connect()` or the first command opens it). Errors are emitted as `error`
 * events; the caller must listen.
 */
export const createConnection = (topology: RedisTopology, purpose: ConnectionPurpose): RedisConnection => {
  const credentials: RedisOptions = {
    ...(topology.username === undefined ? {} : { username: topology.username }),
    ...(topology.password === undefined ? {} : { password: topology.password }),
    ...(topology.tls === true ? { tls: {} } : {}),
  };
  const options: RedisOptions = { ...optionsFor(purpose), ...credentials };
  if (topology.clusterNodes !== undefined) {
    const { enableAutoPipelining, lazyConnect, ...redisOptions } = options;
    return new Cluster([...topology.clusterNodes], {
      redisOptions,
      enableAutoPipelining: enableAutoPipelining ?? false,
      lazyConnect: lazyConnect ?? true,
      shardedSubscribers: purpose === 'subscriber',
      retryDelayOnFailover: purpose === 'commands' ? 0 : 100,
      clusterRetryStrategy: (times) => Math.min(times * 50, RECONNECT_MAX_MS),
    });
  }
  if (topology.sentinels !== undefined) {
    return new Redis({
      ...options,
      sentinels: [...topology.sentinels],
      name: topology.sentinelName ?? 'parley',
      failoverDetector: true,
    });
  }
  if (topology.url === undefined) throw new Error('createConnection: expected url, clusterNodes or sentinels');
  return new Redis(topology.url, options);
};
