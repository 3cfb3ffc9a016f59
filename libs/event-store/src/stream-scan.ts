import { Cluster, type Redis } from 'ioredis';
import type { KeySpace, RedisConnection } from '@app/redis';

/** Keys of one step; each step holds Redis up for less than a millisecond. */
const STEP = 1_000;

/**
 * The ids of all streams of a store, services and agents, over every master. A stream that comes or goes meanwhile may or
 * may not be among them; none comes twice.
 */
export const streamIds = async function* (redis: RedisConnection, keys: KeySpace): AsyncGenerator<string> {
  const seen = new Set<string>();
  for (const node of redis instanceof Cluster ? redis.nodes('master') : [redis]) {
    for await (const id of idsOf(node, keys)) {
      // Redis may name a key twice while its table grows, and two masters may while a slot moves.
      if (seen.has(id)) continue;
      seen.add(id);
      yield id;
    }
  }
};

const idsOf = async function* (node: Redis, keys: KeySpace): AsyncGenerator<string> {
  const stream = new RegExp(`^${keys.prefix.replaceAll('.', '\\.')}:\\{p\\d+\\}:s:(.+)$`);
  const pattern = `${keys.prefix}:{p*}:s:*`;
  let cursor = '0';
  do {
    const [next, found] = await node.scan(cursor, 'MATCH', pattern, 'COUNT', STEP);
    cursor = next;
    for (const key of found) {
      const [, id] = stream.exec(key) ?? [];
      if (id !== undefined) yield id;
    }
  } while (cursor !== '0');
};
