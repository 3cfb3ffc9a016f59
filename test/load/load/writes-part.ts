import { startRedis } from '../../support/redis-server.js';
import { Driver } from '../driver/driver.js';
import { formRequest } from '../driver/load.js';
import { table } from '../measure/table.js';
import { spreadLoad, writeLoad } from '../write/write-load.js';
import { startBare, startProduct, type WriteServer } from '../write/write-server.js';
import type { LoadOptions } from './load-options.js';
import { runOpenLoop } from './open-loop.js';

const OPEN_CONNECTIONS = 400;
const PARTITIONS = 64;

const messagesTo = (ids: readonly string[]): readonly string[] =>
  ids.map((id) => formRequest(`/genesys/1/service/${id}/ixn/chat/refresh`, 'message=Hi+there'));

/** Messages that are kept with fsync always: at a rate that is asked for, and as many as there can be; beside the bare append. */
export const writesPart = async ({ writesPerS, seconds, chats }: LoadOptions): Promise<string> => {
  const redis = await startRedis({ args: ['--appendfsync', 'always', '--auto-aof-rewrite-percentage', '0'] });
  const driver = Driver.start();
  const servers: WriteServer[] = [];
  try {
    const store = (keyPrefix: string) => ({ redisUrl: redis.url, keyPrefix, partitions: PARTITIONS });
    servers.push(await startProduct(store('load'), chats), await startBare(store('bare'), chats));
    const rows: string[][] = [];
    const perS: number[] = [];
    for (const { name, port, ids, spread } of servers) {
      await driver.run(spreadLoad([port], ids, spread), 'each-once');
      const open = await runOpenLoop({
        ...{ port, requests: messagesTo(ids), perS: writesPerS, seconds, connections: OPEN_CONNECTIONS },
      });
      const kept = open.byStatus.get(200);
      const full = await driver.run(writeLoad([port], ids), { seconds });
      const saturated = (full.requests / full.elapsedMs) * 1_000;
      perS.push(saturated);
      rows.push([
        ...[name, `${kept?.perS.toFixed(0) ?? '0'}/s`, String(open.sent - (kept?.count ?? 0))],
        ...[kept?.p50Ms.toFixed(1) ?? '', kept?.p99Ms.toFixed(1) ?? ''],
        ...[`${saturated.toFixed(0)}/s`, full.p99Ms.toFixed(1)],
      ]);
    }
    const head = ['server', `kept at ${writesPerS}/s`, 'not kept', 'p50 ms', 'p99 ms', 'kept at most', 'p99 ms there'];
    const [product = 0, bare = 0] = perS;
    return `${table(head, rows)}\n\nwrites, fsync always: ${(product / bare).toFixed(2)} × the bare append\n`;
  } finally {
    await driver.stop();
    for (const { stop } of servers) await stop();
    await redis.stop();
  }
};
