import type { Driver } from '../driver/driver.js';
import { type Cost, measureRound } from '../measure/cost.js';
import type { BenchOptions } from '../measure/options.js';
import { writeLoad, spreadLoad } from './write-load.js';
import type { WriteServer } from './write-server.js';

/** Sessions of each server. */
export const sessionsFor = ({ isQuick }: BenchOptions): number => (isQuick ? 200 : 2_000);

/** Runs the servers in turn, A B A B …, after a warm-up of each. Gives back the rounds of each. */
export const alternate = async (
  driver: Driver,
  servers: readonly WriteServer[],
  redisPid: number,
  { rounds, seconds }: BenchOptions,
): Promise<readonly { readonly name: string; readonly costs: readonly Cost[] }[]> => {
  for (const { port, ids, spread } of servers) await driver.run(spreadLoad([port], ids, spread), 'each-once');
  const results = servers.map(({ name }) => ({ name, costs: [] as Cost[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, { pid, port, ids }] of servers.entries()) {
      const payers = { servers: [pid], redis: redisPid };
      results[index]?.costs.push(await measureRound(driver, writeLoad([port], ids), { seconds }, payers));
    }
  }
  return results;
};
