import type { Driver } from '../driver/driver.js';
import { ratiosOfSums } from '../measure/cost.js';
import type { BenchOptions } from '../measure/options.js';
import { costTable, ratioLine } from '../measure/table.js';
import { besides, startStore } from '../measure/bench-store.js';
import { alternate, sessionsFor } from './rounds.js';
import { startBare, startProduct } from './write-server.js';

const GOAL = 1.6;

/** The product beside the bare server. */
export const compareServers = async (
  driver: Driver,
  options: BenchOptions,
  say: (text: string) => void,
): Promise<void> => {
  const store = await startStore();
  const sessions = sessionsFor(options);
  const product = await startProduct(store, sessions);
  const bare = await startBare(besides(store, 'bare'), sessions);
  try {
    const results = await alternate(driver, [product, bare], store.redis.pid, options);
    const [ofProduct, ofBare] = results.map(({ costs }) => costs);
    say(`## One gateway: refresh with a message, ${sessions} sessions, no worker\n`);
    say(costTable(results, 'request'));
    say(`\n${ratioLine('write, server + Redis', ratiosOfSums(ofProduct ?? [], ofBare ?? []), GOAL)}\n`);
  } finally {
    await Promise.all([product.stop(), bare.stop()]);
    await store.redis.stop();
  }
};
