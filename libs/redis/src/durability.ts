import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connection.js';

/** When a message counts as kept. */
export type Durability = 'local' | 'everysec' | 'always' | 'replicated';

/** What a Redis says of how it keeps what it is given; undefined where it does not say. */
export interface Keeping {
  /** The node that says so, `host:port`. */
  readonly node: string;
  readonly hasFile: boolean | undefined;
  /** `appendfsync`. */
  readonly fsync: string | undefined;
  /** `maxmemory-policy`. */
  readonly eviction: string | undefined;
  readonly replicas: number | undefined;
}

/** Asks every master. A managed Redis may not tell its configuration; what it does not tell is undefined. */
export const readKeeping = (redis: RedisConnection): Promise<readonly Keeping[]> =>
  Promise.all((redis instanceof Cluster ? redis.nodes('master') : [redis]).map(keepingOf));

const keepingOf = async (node: Redis): Promise<Keeping> => {
  const config = async (name: string): Promise<string | undefined> => {
    try {
      const [, value] = (await node.config('GET', name)) as readonly string[];
      return value;
    } catch {
      return undefined;
    }
  };
  const info = await node.info().catch(() => '');
  const figure = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const aof = figure('aof_enabled');
  const replicas = figure('connected_slaves');
  const [fsync, eviction] = await Promise.all([config('appendfsync'), config('maxmemory-policy')]);
  const { host = '', port = 0 } = node.options;
  return {
    ...{ node: `${host}:${port}`, fsync, eviction: eviction ?? figure('maxmemory_policy') },
    hasFile: aof === undefined ? undefined : aof === '1',
    replicas: replicas === undefined ? undefined : Number(replicas),
  };
};

/** What keeps a Redis from what it is to promise. */
export interface KeepingFault {
  /** Whether a message that is answered may be lost although the setting says it cannot be. */
  readonly isBroken: boolean;
  /** What is expected, and what there is. */
  readonly text: string;
}

/** Compares what a Redis does with what it is to promise. */
export const keepingFaults = (
  { node, hasFile, fsync, eviction, replicas }: Keeping,
  durability: Durability,
  replicasMin: number,
): readonly KeepingFault[] => {
  const faults: KeepingFault[] = [];
  const add = (isBroken: boolean, expected: string, got: string): void => {
    faults.push({ isBroken, text: `${node}: expected ${expected}, got ${got}` });
  };
  const isDisk = durability === 'everysec' || durability === 'always';
  if (isDisk && hasFile === false) add(durability === 'always', `appendonly yes for DURABILITY=${durability}`, 'no');
  else if (durability === 'always' && fsync !== undefined && fsync !== 'always') {
    add(true, 'appendfsync always for DURABILITY=always', fsync);
  } else if (durability === 'everysec' && fsync === 'no') {
    add(false, 'appendfsync everysec for DURABILITY=everysec', fsync);
  }
  if (durability === 'replicated' && replicas !== undefined && replicas < replicasMin) {
    add(
      false,
      `${replicasMin} replicas for DURABILITY=replicated`,
      `${replicas}: messages are refused until they follow`,
    );
  }
  if (eviction !== undefined && eviction !== 'noeviction') {
    add(false, 'maxmemory-policy noeviction, or chats are dropped when memory is full', eviction);
  }
  return faults;
};
