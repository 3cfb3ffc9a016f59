import { isIP } from 'node:net';
import {
  ExpectationError,
  flag,
  list,
  oneOf,
  optionalList,
  optionalText,
  type Setting,
  text,
  whole,
} from './setting.js';

const PORT_RANGE = [1, 65_535] as const;

const address = (value: string): { host: string; port: number } => {
  const match = /^(.+):(\d{1,5})$/.exec(value);
  const port = Number(match?.[2]);
  if (match?.[1] === undefined || !(port >= 1 && port <= 65_535)) {
    throw new ExpectationError('expected host:port, several separated by commas');
  }
  return { host: match[1], port };
};

const network = (value: string): string => {
  const [ip = '', bits] = value.split('/');
  const family = isIP(ip);
  const most = family === 6 ? 128 : 32;
  if (family !== 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))) return value;
  throw new ExpectationError('expected addresses or networks such as 10.0.0.0/8, separated by commas');
};

const origin = (value: string): string => {
  if (value === '*' || /^https?:\/\/[^/\s]+$/.test(value)) return value;
  throw new ExpectationError('expected origins such as https://app.example.com, separated by commas, or *');
};

const LOOPBACK_NETWORKS = ['127.0.0.0/8', '::1'];
const LOCAL_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*'];
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every setting of every process: the one place where names, units, defaults and limits stand. */
export const SETTINGS = {
  host: text('HOST', '127.0.0.1', {
    unit: 'address',
    doc: 'Where the public listener of the gateway listens. Beyond loopback it wants TRUSTED_PROXIES (or ALLOW_INSECURE=1), or anybody could name himself any user.',
  }),
  port: whole('PORT', 8080, PORT_RANGE, { unit: 'port', doc: 'Public listener: the v1 API.' }),
  internalHost: text('INTERNAL_HOST', '127.0.0.1', {
    unit: 'address',
    doc: 'Where the internal listener of the gateway listens. Customers must not reach it.',
  }),
  internalPort: whole('INTERNAL_PORT', 8081, PORT_RANGE, {
    unit: 'port',
    doc: 'Internal listener: health, readiness, metrics.',
  }),
  workerHost: text('WORKER_HOST', '127.0.0.1', {
    unit: 'address',
    doc: 'Where the worker answers for its health and metrics.',
  }),
  workerPort: whole('WORKER_PORT', 8082, PORT_RANGE, { unit: 'port', doc: 'Health and metrics of the worker.' }),
  redisUrl: optionalText('REDIS_URL', {
    unit: 'URL',
    isSecret: true,
    doc: 'One Redis node, `redis://` or `rediss://`. Exactly one of this, REDIS_CLUSTER_NODES and REDIS_SENTINELS is set; `npm start` brings a Redis of its own when none is.',
  }),
  redisClusterNodes: optionalList('REDIS_CLUSTER_NODES', address, {
    doc: 'Some nodes of a Redis Cluster, host:port.',
  }),
  redisSentinels: optionalList('REDIS_SENTINELS', address, { doc: 'Redis Sentinels, host:port.' }),
  redisSentinelName: text('REDIS_SENTINEL_NAME', 'parley', {
    doc: 'The name under which the Sentinels watch the master.',
  }),
  redisUsername: optionalText('REDIS_USERNAME', { doc: 'ACL user of Redis.' }),
  redisPassword: optionalText('REDIS_PASSWORD', { isSecret: true, doc: 'Password of Redis.' }),
  redisTls: flag('REDIS_TLS', false, {
    doc: 'TLS to Cluster nodes and masters behind Sentinels (a `rediss://` URL says it itself).',
  }),
  redisBinary: optionalText('REDIS_BINARY', {
    unit: 'path',
    doc: 'The redis-server that `npm start` runs when no Redis is named.',
  }),
  keyPrefix: text('KEY_PREFIX', 'parley', { doc: 'First part of every key. Two installations in one Redis need two.' }),
  partitions: whole('PARTITIONS', 64, [1, 64], {
    doc: 'Hash tags over which services are spread. Fixed for the life of a store: with another number nothing is found again.',
  }),
  dataDir: text('DATA_DIR', './data', {
    unit: 'path',
    doc: 'Where `npm start` keeps the data of its Redis, and logs.',
  }),
  servicesDir: text('SERVICES_DIR', './services', { unit: 'path', doc: 'Service definitions.' }),
  logLevel: oneOf('LOG_LEVEL', 'info', LEVELS, {
    doc: 'Least level that is logged. `debug` has a line for each step.',
  }),
  demoAgent: flag('DEMO_AGENT', false, {
    doc: 'A robot agent joins every basic chat without another agent and echoes. `npm start` alone switches it on.',
  }),
  demoAgentNickname: text('DEMO_AGENT_NICKNAME', 'Robot', { doc: 'Nickname of the robot agent.' }),
  trustedProxies: list('TRUSTED_PROXIES', LOOPBACK_NETWORKS, LOOPBACK_NETWORKS.join(','), network, {
    doc: 'Peers whose `gms_user` header is believed: the gateway in front that sets or verifies it.',
  }),
  allowInsecure: flag('ALLOW_INSECURE', false, {
    doc: 'Every peer may name any user. Only where nobody else can connect.',
  }),
  requireUserOnRest: flag('REQUIRE_USER_ON_REST', false, {
    doc: 'REST requests without `gms_user` are refused; otherwise the service id alone is the key to a service.',
  }),
  corsOrigins: list('CORS_ORIGINS', LOCAL_ORIGINS, LOCAL_ORIGINS.join(','), origin, {
    doc: 'Origins whose pages may call the API; `:*` stands for any port, `*` alone for any origin.',
  }),
  formLimitBytes: whole('FORM_LIMIT_BYTES', 65_536, [1_024, 16_777_216], {
    unit: 'bytes',
    doc: 'Largest form or JSON body; more is a 413.',
  }),
  multipartLimitBytes: whole('MULTIPART_LIMIT_BYTES', 1_048_576, [1_024, 67_108_864], {
    unit: 'bytes',
    doc: 'Largest multipart body, files included.',
  }),
  formFieldsMax: whole('FORM_FIELDS_MAX', 64, [8, 1_024], { doc: 'Most parameters of a request; more is a 413.' }),
  messageLengthMax: whole('MESSAGE_LENGTH_MAX', 4_096, [1, 65_536], {
    unit: 'characters',
    doc: 'Longest message; more is a 413.',
  }),
  messagesPer10S: whole('MESSAGES_PER_10S', 60, [1, 1_000_000], {
    doc: 'Customer messages that one chat takes in ten seconds; more is a 429.',
  }),
  messagesPerChat: whole('MESSAGES_PER_CHAT', 10_000, [1, 1_000_000_000], {
    doc: 'Customer messages that one chat takes in all; more is a 413.',
  }),
  cometHoldMs: whole('COMET_HOLD_MS', 55_000, [1_000, 600_000], {
    unit: 'ms',
    doc: 'How long a `/meta/connect` is held when there is nothing to deliver. Shorter means more requests; longer must stay below the idle limit of every proxy on the way.',
  }),
  cometExpireMs: whole('COMET_EXPIRE_MS', 10_000, [1_000, 600_000], {
    unit: 'ms',
    doc: 'How long a Bayeux client may take for its next connect before it is forgotten. It keeps its place in the transcript all the same.',
  }),
  cometClientsPerUser: whole('COMET_CLIENTS_PER_USER', 10, [1, 1_000], {
    doc: 'Bayeux clients of one user; one more ends the oldest.',
  }),
  requestDeadlineMs: whole('REQUEST_DEADLINE_MS', 3_000, [100, 10_000], {
    unit: 'ms',
    doc: 'How long a request waits for Redis before it is a 503. Too short turns a failover into errors; too long makes clients give up first.',
  }),
  headersTimeoutMs: whole('HEADERS_TIMEOUT_MS', 10_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a client may take to send the headers of a request.',
  }),
  requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', 30_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a client may take to send a whole request.',
  }),
  shutdownTimeoutMs: whole('SHUTDOWN_TIMEOUT_MS', 10_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a process that is told to stop finishes what it has begun.',
  }),
  stateCacheEntries: whole('STATE_CACHE_ENTRIES', 10_000, [1, 10_000_000], {
    doc: 'Services of which a process keeps the folded state. Fewer means more reads, never other answers.',
  }),
  transcriptCacheBytes: whole('TRANSCRIPT_CACHE_BYTES', 67_108_864, [65_536, 17_179_869_184], {
    unit: 'bytes',
    doc: 'Memory for transcripts that a process keeps, about.',
  }),
} as const;

/** All settings, read and checked. */
export type Settings = {
  readonly [Key in keyof typeof SETTINGS]: (typeof SETTINGS)[Key] extends Setting<infer T> ? T : never;
};
