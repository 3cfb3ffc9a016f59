import { FeedDeadLetters } from '@app/broker';
import { DeadLetters, OUTBOUND_QUEUES } from '@app/outbound';
import { keepingFaults, readKeeping, type RedisConnection, writeProbe } from '@app/redis';
import type { StoreAccess } from '../store/store-access.js';
import { failed, type Finding, ok, warn } from './finding.js';

const MAJOR_MIN = 7;
/** A difference of clocks that people notice, in milliseconds. */
const SKEW_MAX_MS = 1_000;
/** Entries that lie in feeds while workers keep up. */
const BACKLOG_MAX = 1_000;
const PARTITIONS_MAX = 64;
const MEMORY_SHARE_MAX = 0.8;

const infoOf = async (redis: RedisConnection): Promise<(name: string) => string | undefined> => {
  const info = await redis.info();
  return (name) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
};

const version = (figure: (name: string) => string | undefined): Finding => {
  const valkey = figure('valkey_version');
  const text = valkey ?? figure('redis_version') ?? 'unknown';
  const what = `${valkey === undefined ? 'Redis' : 'Valkey'} ${text}`;
  return Number(text.split('.')[0]) >= MAJOR_MIN ? ok(what) : failed(what, 'use Redis 7.0 or newer, or Valkey');
};

const memory = (figure: (name: string) => string | undefined): Finding => {
  const [used, limit] = [Number(figure('used_memory')), Number(figure('maxmemory'))];
  const what = `memory of Redis: ${(used / 1_048_576).toFixed(0)} MiB used`;
  if (limit === 0) {
    return warn(`${what}, no limit`, 'set maxmemory below what its machine has: a full one then answers 503');
  }
  const shown = `${what} of ${(limit / 1_048_576).toFixed(0)}`;
  return used / limit > MEMORY_SHARE_MAX ? warn(shown, 'give it more, or keep services for a shorter time') : ok(shown);
};

const streams = async (redis: RedisConnection): Promise<Finding> => {
  try {
    const [, bytes] = (await redis.config('GET', 'stream-node-max-bytes')) as readonly string[];
    const what = `stream-node-max-bytes ${bytes ?? 'unknown'}`;
    return Number(bytes) <= 2_048 ? ok(what) : warn(what, 'set it to 2048: short chats take half the memory');
  } catch {
    return warn('stream-node-max-bytes is not told', 'see to it that it is 2048, if you can');
  }
};

const keeping = async ({ redis, settings }: StoreAccess): Promise<Finding[]> => {
  const { durability, replicasMin } = settings;
  const faults = (await readKeeping(redis)).flatMap((each) => keepingFaults(each, durability, replicasMin));
  if (faults.length === 0) return [ok(`DURABILITY=${durability} is kept`)];
  return faults.map(({ isBroken, text }) =>
    (isBroken ? failed : warn)(`Redis at ${text}`, 'docs/operations.md, “What may be lost”'),
  );
};

const writable = async ({ redis, keys }: StoreAccess): Promise<Finding> => {
  try {
    await writeProbe(redis, keys);
    await redis.eval("return redis.call('EXISTS', KEYS[1])", 1, keys.probe());
    return ok('Redis takes writes and scripts');
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return failed(
      `Redis takes no writes or scripts: ${words}`,
      'memory, disk or rights (docs/redis.md has the ACL line)',
    );
  }
};

const clocks = async (redis: RedisConnection): Promise<Finding> => {
  const [seconds, microseconds] = await redis.time();
  const skewMs = Math.abs(Date.now() - (Number(seconds) * 1_000 + Number(microseconds) / 1_000));
  const what = `clocks of this machine and Redis differ by ${skewMs.toFixed(0)} ms`;
  return skewMs > SKEW_MAX_MS ? warn(what, 'nothing depends on it, but logs are hard to compare: run NTP') : ok(what);
};

/** Processes that hear themselves on a channel of the first partition are gateways. */
const gateways = async ({ redis, keys }: StoreAccess): Promise<Finding> => {
  const pattern = keys.beat(0, '*');
  try {
    const channels = (await redis.call('PUBSUB', 'SHARDCHANNELS', pattern)) as readonly string[];
    if (channels.length === 0) return warn('no gateway is connected', 'start one');
    return ok(`${channels.length} gateways are connected`);
  } catch {
    return warn('gateways cannot be counted here', 'ask their /readyz');
  }
};

const workers = async ({ redis, keys }: StoreAccess): Promise<Finding[]> => {
  const feeds = Array.from({ length: keys.partitions }, (_, partition) => keys.feed(partition));
  const lengths = await Promise.all(feeds.map((feed) => redis.xlen(feed)));
  const backlog = lengths.reduce((sum, length) => sum + length, 0);
  const what = `${backlog} entries wait in the feeds of the workers`;
  const consumers = await redis
    .xinfo('CONSUMERS', keys.feed(0), 'worker')
    .then((all) => (all as readonly unknown[]).length)
    .catch(() => 0);
  return [
    consumers === 0 ? warn('no worker is known', 'start one') : ok(`${consumers} workers are known`),
    backlog > BACKLOG_MAX ? warn(what, 'is a worker running, and keeping up?') : ok(what),
  ];
};

const deadLetters = async ({ redis, keys, settings, connect }: StoreAccess): Promise<Finding> => {
  const connection = connect('queue');
  try {
    const outbound = new DeadLetters({ connection, prefix: keys.queues(), names: OUTBOUND_QUEUES });
    const feed = await new FeedDeadLetters(redis, keys, settings.requestDeadlineMs).list();
    const count = feed.length + (await outbound.list()).length;
    return count === 0 ? ok('no dead letters') : warn(`${count} dead letters`, '`parley dead-letters list` names them');
  } finally {
    connection.disconnect();
  }
};

/** A store that was made with more partitions has feeds beyond those that we read. */
const partitions = async ({ redis, keys }: StoreAccess): Promise<Finding> => {
  const beyond = Array.from({ length: PARTITIONS_MAX - keys.partitions }, (_, index) => keys.partitions + index);
  const found = await Promise.all(beyond.map((partition) => redis.exists(keys.feed(partition))));
  const what = `PARTITIONS=${keys.partitions}`;
  return found.some((count) => count > 0)
    ? failed(`${what}, but the store was made with more`, 'set it to what it was, or nothing is found')
    : ok(what);
};

/** What the store says of itself. */
export const checkRedis = async (store: StoreAccess): Promise<Finding[]> => {
  const figure = await infoOf(store.redis);
  return [
    version(figure),
    await writable(store),
    ...(await keeping(store)),
    memory(figure),
    await streams(store.redis),
    await clocks(store.redis),
    await partitions(store),
    await gateways(store),
    ...(await workers(store)),
    await deadLetters(store),
  ];
};
