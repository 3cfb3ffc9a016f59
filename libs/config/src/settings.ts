import { isIPv6 } from 'node:net';
import { address, baseUrl, host, keyPart, network, origin, redisUrl } from './expectations.js';
import { derivedText, flag, list, oneOf, optionalList, optionalText, type Setting, text, whole } from './setting.js';

const PORT_RANGE = [1, 65_535] as const;
const PORT_ENDS = 'Below 1024 the system may want privileges.';
const INTERNAL_HOST = '127.0.0.1';
const INTERNAL_PORT = 8_081;

/** Our own internal listener as this machine reaches it. Judging both variables is the business of their own settings. */
const internalUrlOf = (env: NodeJS.ProcessEnv): string => {
  const named = env['INTERNAL_HOST'] ?? '';
  const reached = named === '' || named === '0.0.0.0' ? INTERNAL_HOST : named === '::' ? '::1' : named;
  const port = env['INTERNAL_PORT'] ?? '';
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port === '' ? INTERNAL_PORT : port}`;
};

const LOOPBACK_NETWORKS = Object.freeze(['127.0.0.0/8', '::1']);
const LOCAL_ORIGINS = Object.freeze(['http://localhost:*', 'http://127.0.0.1:*']);
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every setting of every process: the one place where names, units, defaults and limits stand. */
export const SETTINGS = {
  host: text(
    'HOST',
    '127.0.0.1',
    {
      unit: 'address',
      doc: 'Where the public listener of the gateway listens.',
      ends: 'Beyond loopback it wants TRUSTED_PROXIES (or ALLOW_INSECURE=1), or anybody could name himself any user.',
    },
    host,
  ),
  port: whole('PORT', 8_080, PORT_RANGE, { unit: 'port', doc: 'Public listener: the v1 API.', ends: PORT_ENDS }),
  internalHost: text(
    'INTERNAL_HOST',
    INTERNAL_HOST,
    {
      unit: 'address',
      doc: 'Where the internal listener of the gateway listens.',
      ends: 'Customers who reach it see metrics and all that is meant for agents and administrators.',
    },
    host,
  ),
  internalPort: whole('INTERNAL_PORT', INTERNAL_PORT, PORT_RANGE, {
    unit: 'port',
    doc: 'Internal listener: health, readiness, metrics.',
    ends: PORT_ENDS,
  }),
  internalUrl: derivedText(
    'INTERNAL_URL',
    'http://INTERNAL_HOST:INTERNAL_PORT',
    internalUrlOf,
    {
      unit: 'URL',
      doc: 'Under what base the tools of agents reach the internal listener; addresses that they are given begin with it.',
      ends: 'One that they cannot reach gives them dead addresses; a public one lets customers in.',
    },
    baseUrl,
  ),
  workerHost: text(
    'WORKER_HOST',
    '127.0.0.1',
    {
      unit: 'address',
      doc: 'Where the worker answers for its health and metrics.',
      ends: 'Beyond loopback anybody in the network may read its metrics.',
    },
    host,
  ),
  workerPort: whole('WORKER_PORT', 8_082, PORT_RANGE, {
    unit: 'port',
    doc: 'Health and metrics of the worker.',
    ends: PORT_ENDS,
  }),
  redisUrl: optionalText(
    'REDIS_URL',
    {
      unit: 'URL',
      isSecret: true,
      doc: 'One Redis node, `redis://` or `rediss://`. Exactly one of this, REDIS_CLUSTER_NODES and REDIS_SENTINELS is set; `npm start` brings a Redis of its own when none is.',
    },
    redisUrl,
  ),
  redisClusterNodes: optionalList('REDIS_CLUSTER_NODES', address, {
    doc: 'Some nodes of a Redis Cluster, host:port.',
    ends: 'With a single one named, nothing starts while that one is down.',
  }),
  redisSentinels: optionalList('REDIS_SENTINELS', address, {
    doc: 'Redis Sentinels, host:port.',
    ends: 'With a single one named, nothing starts and no failover is followed while that one is down.',
  }),
  redisSentinelName: text('REDIS_SENTINEL_NAME', 'parley', {
    doc: 'The name under which the Sentinels watch the master.',
    ends: 'With another name they know no master, and nothing becomes ready.',
  }),
  redisUsername: optionalText('REDIS_USERNAME', { isSecret: true, doc: 'ACL user of Redis.' }),
  redisPassword: optionalText('REDIS_PASSWORD', { isSecret: true, doc: 'Password of Redis.' }),
  redisTls: flag('REDIS_TLS', false, {
    doc: 'TLS to Cluster nodes and masters behind Sentinels (a `rediss://` URL says it itself).',
    ends: 'Off, passwords and messages cross the network in clear.',
  }),
  redisBinary: optionalText('REDIS_BINARY', {
    unit: 'path',
    doc: 'The redis-server that `npm start` runs when no Redis is named.',
  }),
  keyPrefix: text(
    'KEY_PREFIX',
    'parley',
    {
      doc: 'First part of every key. Two installations in one Redis need two.',
      ends: 'With another one nothing of before is found; a long one costs its length in every key.',
    },
    keyPart,
  ),
  partitions: whole('PARTITIONS', 64, [1, 64], {
    doc: 'Hash tags over which services are spread. Fixed for the life of a store: with another number nothing is found again.',
    ends: 'Fewer than a Cluster has masters, and some of them stay idle; more of them mean more feeds for the workers to read.',
  }),
  dataDir: text('DATA_DIR', './data', {
    unit: 'path',
    doc: 'Where `npm start` keeps the data of its Redis, and logs.',
  }),
  servicesDir: text('SERVICES_DIR', './services', { unit: 'path', doc: 'Service definitions.' }),
  logLevel: oneOf('LOG_LEVEL', 'info', LEVELS, {
    doc: 'Least level that is logged. `debug` has a line for each step.',
    ends: '`trace` and `debug` cost time at every request; above `warn` a fault leaves no trace.',
  }),
  demoAgent: flag('DEMO_AGENT', false, {
    doc: 'A robot agent joins every basic chat without another agent and echoes. `npm start` alone switches it on.',
    ends: 'On in production, customers talk to an echo.',
  }),
  demoAgentNickname: text('DEMO_AGENT_NICKNAME', 'Robot', { doc: 'Nickname of the robot agent.' }),
  trustedProxies: list('TRUSTED_PROXIES', LOOPBACK_NETWORKS, LOOPBACK_NETWORKS.join(','), network, {
    doc: 'Peers whose `gms_user` header is believed: the gateway in front that sets or verifies it.',
    ends: 'Too few, and CometD handshakes are refused; too many, and their users may name themselves anybody.',
  }),
  allowInsecure: flag('ALLOW_INSECURE', false, {
    doc: 'Every peer may name any user.',
    ends: 'On where others can connect, anybody reads the chats of anybody.',
  }),
  requireUserOnRest: flag('REQUIRE_USER_ON_REST', false, {
    doc: 'REST requests without `gms_user` are refused; otherwise the service id alone is the key to a service.',
    ends: 'On, polling applications that send no header are locked out.',
  }),
  corsOrigins: list('CORS_ORIGINS', LOCAL_ORIGINS, LOCAL_ORIGINS.join(','), origin, {
    doc: 'Origins whose pages may call the API; `:*` stands for any port, `*` alone for any origin.',
    ends: 'Too few, and browsers keep the replies from your pages; `*` lets any page call in the name of its visitor.',
  }),
  formLimitBytes: whole('FORM_LIMIT_BYTES', 65_536, [1_024, 16_777_216], {
    unit: 'bytes',
    doc: 'Largest form or JSON body; more is a 413.',
    ends: 'Smaller refuses long messages; larger lets many requests at once take memory.',
  }),
  multipartLimitBytes: whole('MULTIPART_LIMIT_BYTES', 1_048_576, [1_024, 67_108_864], {
    unit: 'bytes',
    doc: 'Largest multipart body, files included.',
    ends: 'Smaller refuses files; larger lets many uploads at once take memory, and files fill Redis.',
  }),
  formFieldsMax: whole('FORM_FIELDS_MAX', 64, [8, 1_024], {
    doc: 'Most parameters of a request; more is a 413.',
    ends: 'Fewer refuses applications with much business data; more makes reading and keeping them dearer.',
  }),
  messageLengthMax: whole('MESSAGE_LENGTH_MAX', 4_096, [1, 65_536], {
    unit: 'characters',
    doc: 'Longest message; more is a 413.',
    ends: 'Shorter refuses what customers write; longer makes every replay of a transcript dearer.',
  }),
  messagesPer10S: whole('MESSAGES_PER_10S', 60, [1, 1_000_000], {
    doc: 'Customer messages that one chat takes in ten seconds; more is a 429.',
    ends: 'Fewer stops fast writers; more lets one script flood an agent.',
  }),
  messagesPerChat: whole('MESSAGES_PER_CHAT', 10_000, [1, 1_000_000_000], {
    doc: 'Customer messages that one chat takes in all; more is a 413.',
    ends: 'Fewer cuts long chats off; more lets one chat fill the memory of Redis.',
  }),
  cometHoldMs: whole('COMET_HOLD_MS', 55_000, [1_000, 600_000], {
    unit: 'ms',
    doc: 'How long a `/meta/connect` is held when there is nothing to deliver.',
    ends: 'Shorter means more requests; longer must stay below the idle limit of every proxy on the way.',
  }),
  cometExpireMs: whole('COMET_EXPIRE_MS', 10_000, [1_000, 600_000], {
    unit: 'ms',
    doc: 'How long a Bayeux client may take for its next connect before it is forgotten. It keeps its place in the transcript all the same.',
    ends: 'Shorter makes slow networks handshake again and again; longer keeps what dead clients hold.',
  }),
  cometClientsPerUser: whole('COMET_CLIENTS_PER_USER', 10, [1, 1_000], {
    doc: 'Bayeux clients of one user; one more ends the oldest.',
    ends: 'Fewer ends the tabs and devices of one user; more lets one user take memory.',
  }),
  requestDeadlineMs: whole('REQUEST_DEADLINE_MS', 3_000, [100, 10_000], {
    unit: 'ms',
    doc: 'How long a request waits for Redis before it is a 503.',
    ends: 'Shorter turns a failover into errors; longer makes clients give up first.',
  }),
  headersTimeoutMs: whole('HEADERS_TIMEOUT_MS', 10_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a client may take to send the headers of a request.',
    ends: 'Shorter cuts slow networks off; longer lets slow senders hold connections.',
  }),
  requestTimeoutMs: whole('REQUEST_TIMEOUT_MS', 30_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a client may take to send a whole request.',
    ends: 'Shorter cuts slow uploads off; longer lets slow senders hold connections.',
  }),
  shutdownTimeoutMs: whole('SHUTDOWN_TIMEOUT_MS', 10_000, [100, 600_000], {
    unit: 'ms',
    doc: 'How long a process that is told to stop finishes what it has begun.',
    ends: 'Shorter cuts requests off; longer than the patience of what stops it, it is killed instead.',
  }),
  stateCacheEntries: whole('STATE_CACHE_ENTRIES', 10_000, [1, 10_000_000], {
    doc: 'Services of which a process keeps the folded state. Never changes an answer.',
    ends: 'Smaller means more reads; larger means more memory.',
  }),
  transcriptCacheBytes: whole('TRANSCRIPT_CACHE_BYTES', 67_108_864, [65_536, 17_179_869_184], {
    unit: 'bytes',
    doc: 'Memory for transcripts that a process keeps, about.',
    ends: 'Smaller means more reads; larger than the memory of the machine, the process is killed.',
  }),
} as const;

/** All settings, read and checked. */
export type Settings = {
  readonly [Key in keyof typeof SETTINGS]: (typeof SETTINGS)[Key] extends Setting<infer T> ? T : never;
};
