import { release } from 'node:os';
import type { BareReady } from './bare-process.js';
import { Driver } from './driver/driver.js';
import { getRequest, type Load, type RoundEnd } from './driver/load.js';
import { besides, startStore } from './measure/bench-store.js';
import { type Cost, measureRound, ratiosOfSums } from './measure/cost.js';
import { startGateway, storeEnv } from './measure/gateway.js';
import { readOptions } from './measure/options.js';
import { firstMessage, startServer } from './measure/processes.js';
import { openRepository } from './measure/product-repository.js';
import { costTable, ratioLine } from './measure/table.js';
import { EVENTS, LongChats } from './replay/long-chats.js';

/** Requests in flight at once. */
const CONNECTIONS = 16;
const COLD_GOAL = 1.2;
const WARM_GOAL = 0.25;

const options = readOptions({ rounds: 5, seconds: 2 });
/** Chats that each are asked for once per round, by a gateway that has not seen them. */
const coldChats = options.isQuick ? 20 : 200;
const warmChats = options.isQuick ? 20 : 64;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const replayLoad = (port: number, ids: readonly string[]): Load => ({
  ports: [port],
  connections: CONNECTIONS,
  requests: ids.map((id) => getRequest(`/genesys/1/service/${id}/ixn/chat/refresh?transcriptPosition=1`)),
});

const store = await startStore();
const ofBare = besides(store, 'bare');
const product = await openRepository(store);
const chats = new LongChats(product, ofBare.keyPrefix);
const driver = Driver.start();
await chats.write();
// All that a gateway meets here stays in its cache.
const gateway = await startGateway(store, { STATE_CACHE_ENTRIES: '100000', TRANSCRIPT_CACHE_BYTES: '4000000000' });
const bare = await startServer('test/load/replay/bare-replay-server.js', storeEnv(ofBare), (child) =>
  firstMessage<BareReady>(child),
);

const costs: Record<'bare' | 'cold' | 'warm', Cost[]> = { bare: [], cold: [], warm: [] };
const measure = (port: number, pid: number, ids: readonly string[], end: RoundEnd): Promise<Cost> =>
  measureRound(driver, replayLoad(port, ids), end, { servers: [pid], redis: store.redis.pid });

try {
  // Both servers' code is warm before anything counts; cold means that the gateway has not met the chat.
  const warm = await chats.fresh(warmChats);
  const warmUp = await chats.fresh(2 * coldChats);
  for (const ids of [warm, warmUp]) {
    await driver.run(replayLoad(gateway.port, ids), 'each-once');
    await driver.run(replayLoad(bare.said.port, ids), 'each-once');
  }
  for (let round = 0; round < options.rounds; round += 1) {
    const cold = await chats.fresh(coldChats);
    const end = { seconds: options.seconds };
    costs.cold.push(await measure(gateway.port, gateway.pid, cold, 'each-once'));
    costs.bare.push(await measure(bare.said.port, bare.pid, cold, end));
    costs.warm.push(await measure(gateway.port, gateway.pid, warm, end));
  }
} finally {
  product.close();
  await Promise.all([gateway.stop(), bare.stop(), driver.stop()]);
  await store.redis.stop();
}

say(`# Replay: node ${process.version}, ${process.platform} ${release()}, ${options.rounds} rounds\n`);
say(`refresh?transcriptPosition=1 of ${EVENTS} events; cold: ${coldChats} chats, each asked for once per round\n`);
say(
  costTable(
    [
      { name: 'Parley gateway, cold', costs: costs.cold },
      { name: 'Parley gateway, warm', costs: costs.warm },
      { name: 'bare XRANGE → JSON', costs: costs.bare },
    ],
    'request',
  ),
);
say(`\n${ratioLine('cold, server + Redis', ratiosOfSums(costs.cold, costs.bare), COLD_GOAL)}`);
say(ratioLine('warm, server + Redis', ratiosOfSums(costs.warm, costs.bare), WARM_GOAL));
