import { isIPv6 } from 'node:net';
import {
  address,
  baseUrl,
  host,
  jwtAlgorithm,
  keyPart,
  maskName,
  network,
  origin,
  redisUrl,
  signingSecret,
  webhookEvent,
  webUrl,
} from './expectations.js';
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
const IDENTITIES = ['trusted-proxy', 'jwt'] as const;
const JWT_ALGORITHMS = Object.freeze(['RS256', 'PS256', 'ES256', 'EdDSA']);
const WEBHOOK_STANDARD = Object.freeze(['chat.started', 'chat.ended'] as const);
const MASKED = Object.freeze(['card', 'email', 'iban'] as const);
const NO_NETWORKS: readonly string[] = Object.freeze([]);
const DURABILITIES = ['local', 'everysec', 'always', 'replicated'] as const;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const USER_POLICIES = ['header', 'handshake'] as const;

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
  redisSentinelUsername: optionalText('REDIS_SENTINEL_USERNAME', {
    isSecret: true,
    doc: 'ACL user of the Sentinels themselves.',
  }),
  redisSentinelPassword: optionalText('REDIS_SENTINEL_PASSWORD', {
    isSecret: true,
    doc: 'Password of the Sentinels themselves, where they have one.',
  }),
  redisTls: flag('REDIS_TLS', false, {
    doc: 'TLS to Cluster nodes, and to Sentinels and what they watch (a `rediss://` URL says it itself).',
    ends: 'Off, passwords and messages cross the network in clear.',
  }),
  redisTlsCa: optionalText('REDIS_TLS_CA', {
    unit: 'path',
    doc: 'PEM file of the authority that signed the certificates of Redis; without it those that Node believes count.',
  }),
  redisTlsServerName: optionalText('REDIS_TLS_SERVERNAME', {
    doc: 'The name that certificates of Redis must be for, where nodes are reached by addresses that stand in none.',
    ends: 'With it any machine with a certificate for that name passes as any node.',
  }),
  redisTlsCert: optionalText('REDIS_TLS_CERT', {
    unit: 'path',
    doc: 'PEM file of our own certificate, for a Redis that asks for one (`tls-auth-clients yes`). With REDIS_TLS_KEY.',
  }),
  redisTlsKey: optionalText('REDIS_TLS_KEY', { unit: 'path', doc: 'PEM file of its key.' }),
  durability: oneOf('DURABILITY', 'everysec', DURABILITIES, {
    doc: 'When a message counts as kept: `local`, Redis has it in memory; `everysec`, its file has it too, and the disk within a second; `always`, the disk has it; `replicated`, REPLICAS_MIN replicas have it. docs/reliability.md says what each may lose. The Redis of `npm start` is set up so; another one is asked whether it is.',
    ends: '`local` loses what a crash of Redis takes along; `always` and `replicated` make every message wait for a disk or a network.',
  }),
  replicasMin: whole('REPLICAS_MIN', 1, [1, 10], {
    doc: 'Replicas that must have a message before it is answered, with DURABILITY=replicated. All of them, and no failover loses one.',
    ends: 'Fewer narrow the loss of a failover; more than there are, and every message is a 503.',
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
  identity: oneOf('IDENTITY', 'trusted-proxy', IDENTITIES, {
    doc: 'Who says which end user sends a request: the gateway in front by `gms_user`, or a JWT of his own, whose `sub` he is.',
    ends: 'With `jwt` a `gms_user` that says otherwise is refused, and CometD needs a token.',
  }),
  jwtIssuer: optionalText('JWT_ISSUER', { doc: 'Issuer of customers’ JWTs.' }),
  jwtAudience: optionalText('JWT_AUDIENCE', { doc: 'What the `aud` claim of customers’ JWTs is or has.' }),
  jwksUrl: optionalText('JWKS_URL', { doc: 'Where that issuer publishes its keys.' }),
  jwtAlgorithms: list('JWT_ALGORITHMS', JWT_ALGORITHMS, JWT_ALGORITHMS.join(','), jwtAlgorithm, {
    doc: 'Signatures of customers’ JWTs that are taken; those with a shared secret never are.',
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
  servicesPer10S: whole('SERVICES_PER_10S', 1_000, [1, 1_000_000], {
    doc: 'Services that one address creates in ten seconds, over all gateways; more is a 429.',
    ends: 'Fewer refuses many customers behind one address; more lets one machine fill the memory of Redis.',
  }),
  chatsPerUser: whole('CHATS_PER_USER', 10, [1, 1_000], {
    doc: 'Chats of one user that go on at the same time and are delivered by CometD; one more is a 429.',
    ends: 'Fewer refuses users with many chats; more makes each connect of such a user dearer.',
  }),
  storageKeysMax: whole('STORAGE_KEYS_MAX', 64, [1, 10_000], {
    doc: 'Keys that one service stores; more is a 413.',
    ends: 'Fewer refuses applications that keep much; more lets one service fill the memory of Redis.',
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
  cometHandshakesPer10S: whole('COMET_HANDSHAKES_PER_10S', 10, [1, 1_000_000], {
    doc: 'Bayeux handshakes of one user in ten seconds; more are refused for a while.',
    ends: 'Fewer locks out users with many tabs; more lets one user keep Redis busy.',
  }),
  cometHandshakesPerSecond: whole('COMET_HANDSHAKES_PER_SECOND', 1_000, [1, 1_000_000], {
    doc: 'Bayeux handshakes of one address in a second, on each gateway; more are refused for a moment.',
    ends: 'Fewer keeps everybody behind one address waiting after an outage; more lets one machine keep a gateway busy.',
  }),
  cometHeldPerUser: whole('COMET_HELD_PER_USER', 4, [1, 1_000], {
    doc: 'Held connects of one user on a gateway; one more releases the oldest.',
    ends: 'Fewer makes several tabs of one user take turns; more lets one user hold sockets.',
  }),
  cometUserPolicy: oneOf('COMET_USER_POLICY', 'header', USER_POLICIES, {
    doc: '`header`: every Bayeux request names its user. `handshake`: later requests may leave him out, as browsers cannot set headers on websockets and scripts.',
    ends: '`handshake` makes a clientId enough to read what its user is told.',
  }),
  cometJsonp: flag('COMET_JSONP', true, {
    doc: 'Bayeux by callback-polling, which is JSON-P.',
    ends: 'On, where a gateway in front takes the user from a cookie, foreign pages can read what he is told: switch it off there.',
  }),
  cometSupersededStatus: whole('COMET_SUPERSEDED_STATUS', 200, [200, 599], {
    doc: 'HTTP status of a connect that a newer one of the same client took over from. `200` says in its body that it failed and that the client need not come again; others have no body.',
    ends: 'Some old clients loop on other than 200; CometD itself answers 500.',
  }),
  cometBodyLimitBytes: whole('COMET_BODY_LIMIT_BYTES', 65_536, [1_024, 16_777_216], {
    unit: 'bytes',
    doc: 'Largest Bayeux request or websocket frame.',
    ends: 'Smaller refuses large batches; larger lets many requests at once take memory.',
  }),
  cometDepthMax: whole('COMET_DEPTH_MAX', 32, [4, 1_000], {
    doc: 'How deep arrays and objects of a Bayeux request may be inside one another.',
    ends: 'Less refuses what extensions add; more lets one request take stack.',
  }),
  cometBatchMax: whole('COMET_BATCH_MAX', 64, [1, 10_000], {
    doc: 'Most messages in one Bayeux request.',
    ends: 'Fewer refuses clients that send much at once; more lets one request keep Redis busy.',
  }),
  agentsFile: optionalText('AGENTS_FILE', {
    unit: 'path',
    doc: 'YAML file with agents, their skills and tokens, and the lists of the desk. A changed file counts at once.',
  }),
  agentJwtIssuer: optionalText('AGENT_JWT_ISSUER', {
    doc: 'Issuer of agents’ JWTs; with AGENT_JWT_AUDIENCE and AGENT_JWKS_URL it lets agents sign in by OIDC.',
  }),
  agentJwtAudience: optionalText('AGENT_JWT_AUDIENCE', { doc: 'What the `aud` claim of agents’ JWTs is or has.' }),
  agentJwksUrl: optionalText('AGENT_JWKS_URL', { doc: 'Where the issuer publishes its keys.' }),
  agentJwtAlgorithms: list('AGENT_JWT_ALGORITHMS', JWT_ALGORITHMS, JWT_ALGORITHMS.join(','), jwtAlgorithm, {
    doc: 'Signatures of JWTs that are taken; those with a shared secret never are.',
  }),
  agentIdClaim: text('AGENT_ID_CLAIM', 'sub', {
    doc: 'The claim of a JWT whose value is the agent’s id.',
    ends: 'A claim that users can change themselves lets anybody be any agent.',
  }),
  agentRoleClaim: text('AGENT_ROLE_CLAIM', 'parley_role', {
    doc: 'The claim of a JWT that has the role: agent, supervisor or admin, or a list of them. Dots lead into objects.',
  }),
  oidcClientId: optionalText('OIDC_CLIENT_ID', {
    doc: 'Client id of the desk at the issuer; with it the desk offers to sign in there.',
  }),
  pokeNetworks: list('POKE_NETWORKS', LOOPBACK_NETWORKS, LOOPBACK_NETWORKS.join(','), network, {
    doc: 'Peers from which `internal-poke` is taken on the public listener without the token of `poke_url`.',
    ends: 'Too many, and strangers who know a service id can poke its customer.',
  }),
  pokeSecret: optionalText('POKE_SECRET', {
    isSecret: true,
    doc: 'Key of the tokens in `poke_url`, the same for all gateways. Without it they share one that they keep in Redis.',
  }),
  pushConfig: optionalText('PUSH_CONFIG', {
    unit: 'path',
    doc: 'YAML file that says how customers’ devices are reached. Without it pokes and pushes end as not configured.',
  }),
  mask: list('MASK', MASKED, MASKED.join(','), maskName, {
    doc: 'What is hidden in messages that are pushed to devices and told by webhooks: `card`, `email`, `iban`, or `none`. Logs, which hold no messages, hide all of them.',
    ends: 'With `none` the card number that somebody types stands on a locked screen and on the servers of others.',
  }),
  webhookUrls: optionalList('WEBHOOK_URLS', webUrl, {
    doc: 'Servers that are told what happens in chats, each of every event.',
    ends: 'They are sent what customers say when WEBHOOK_EVENTS has message.sent.',
  }),
  webhookSecret: optionalText(
    'WEBHOOK_SECRET',
    {
      isSecret: true,
      doc: 'Key of the signatures of webhooks, 24 characters at least; needed with WEBHOOK_URLS.',
    },
    signingSecret,
  ),
  webhookEvents: list('WEBHOOK_EVENTS', WEBHOOK_STANDARD, WEBHOOK_STANDARD.join(','), webhookEvent, {
    doc: 'What they are told: chat.started, chat.ended, message.sent.',
  }),
  webhookNetworks: list('WEBHOOK_NETWORKS', NO_NETWORKS, '', network, {
    doc: 'Inside networks to which webhooks may go; others they never reach, whatever name leads there.',
  }),
  agentAwayAfterMs: whole('AGENT_AWAY_AFTER_MS', 30_000, [1_000, 3_600_000], {
    unit: 'ms',
    doc: 'An agent of whom nothing was heard for so long is away: he gets no chats, and what he was offered goes to others.',
    ends: 'Shorter sends agents away whose network stutters; longer offers chats to desks that are gone.',
  }),
  requestDeadlineMs: whole('REQUEST_DEADLINE_MS', 3_000, [100, 10_000], {
    unit: 'ms',
    doc: 'How long a request waits for Redis before it is a 503.',
    ends: 'Shorter turns a failover into errors; longer makes clients give up first.',
  }),
  requestsInFlightMax: whole('REQUESTS_IN_FLIGHT_MAX', 1_000, [1, 1_000_000], {
    doc: 'Requests that a gateway has in work at once, held connects apart; more get a 503 at once.',
    ends: 'Fewer turns requests away that a burst brings; more makes everybody wait when Redis is slow.',
  }),
  loopLagMaxMs: whole('LOOP_LAG_MAX_MS', 5, [1, 60_000], {
    unit: 'ms',
    doc: 'How late the event loop of a gateway may be while a tenth of REQUESTS_IN_FLIGHT_MAX is in work; later requests get a 503 at once.',
    ends: 'Shorter turns requests away in every burst; longer makes everybody wait beyond capacity.',
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
