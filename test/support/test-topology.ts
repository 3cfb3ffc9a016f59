import { readFileSync } from 'node:fs';
import type { RedisAddress, RedisTopology } from '@app/redis';
import type { TestRedis } from './redis-server.js';

/**
 * Where the Redis of a test is, in one text, so that it fits into a variable of the environment:
 * `redis://host:port`, `rediss://user:password@host:port`, `redis-sentinel://host:port,host:port/name` or
 * `redis-cluster://host:port,host:port`. The authority of `rediss` stands in the file that TEST_REDIS_TLS_CA names.
 */
export const topologyOf = (text = ''): RedisTopology => {
  const [, kind, nodes = '', name] = /^redis-(sentinel|cluster):\/\/([^/]+)(?:\/(.+))?$/.exec(text) ?? [];
  if (kind === 'cluster') return { clusterNodes: addresses(nodes) };
  if (kind === 'sentinel') return { sentinels: addresses(nodes), sentinelName: name };
  const ca = caFile();
  return { url: text, ...(ca === undefined ? {} : { tlsOptions: { ca: readFileSync(ca, 'utf8') } }) };
};

/** The same as settings of a process. */
export const topologyEnv = (text: string): Readonly<Record<string, string>> => {
  const { url, sentinels, sentinelName = '', clusterNodes } = topologyOf(text);
  if (clusterNodes !== undefined) return { REDIS_CLUSTER_NODES: textOf(clusterNodes) };
  if (sentinels !== undefined) return { REDIS_SENTINELS: textOf(sentinels), REDIS_SENTINEL_NAME: sentinelName };
  const ca = caFile();
  return { REDIS_URL: url ?? '', ...(ca === undefined ? {} : { REDIS_TLS_CA: ca }) };
};

/** The Redis that all tests of a run share, where `npm run test:topologies` started one. */
export const sharedTopology = (): string | undefined => {
  const text = process.env['TEST_TOPOLOGY'];
  return text === '' ? undefined : text;
};

/** It, as a test sees a Redis of its own; what would disturb other tests is refused. */
export const sharedRedis = (text: string): TestRedis => {
  const refuse = (): never => {
    throw new Error('this Redis is shared by all tests of the run');
  };
  return {
    ...{ url: text, host: '', port: 0, pid: 0, dir: '' },
    ...{ stop: () => Promise.resolve(), kill: refuse, restart: refuse, freeze: refuse, thaw: refuse },
  };
};

const caFile = (): string | undefined => {
  const file = process.env['TEST_REDIS_TLS_CA'];
  return file === '' ? undefined : file;
};

const addresses = (nodes: string): readonly RedisAddress[] =>
  nodes.split(',').map((node) => {
    const [host = '', port] = node.split(':');
    return { host, port: Number(port) };
  });

const textOf = (nodes: readonly RedisAddress[]): string => nodes.map(({ host, port }) => `${host}:${port}`).join(',');
