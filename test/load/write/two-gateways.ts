import { AgentWriters } from '../agent-writers.js';
import type { Driver } from '../driver/driver.js';
import { type Cost, measureRound } from '../measure/cost.js';
import { type MeasuredGateway, startGateway } from '../measure/gateway.js';
import type { BenchOptions } from '../measure/options.js';
import { openRepository } from '../measure/product-repository.js';
import { startChats } from '../measure/sessions.js';
import { median } from '../measure/statistics.js';
import { costTable, figure, table } from '../measure/table.js';
import { startStore } from '../measure/bench-store.js';
import { sessionsFor } from './rounds.js';
import { spreadLoad, writeLoad } from './write-load.js';

/** An agent writes a message for so many of the customers'. */
const CUSTOMER_MESSAGES_PER_AGENT_MESSAGE = 5;
const SPREAD = 64;

const COUNTERS = ['parley_store_round_trips_total', 'parley_append_conflicts_total'] as const;

/** The sum of each counter over the gateways; NaN for one that they do not have. */
const readCounters = (gateways: readonly MeasuredGateway[]): Promise<readonly number[]> =>
  Promise.all(
    COUNTERS.map(async (name) => {
      const values = await Promise.all(gateways.map((gateway) => gateway.counter(name)));
      return values.reduce<number>((total, value) => total + (value ?? Number.NaN), 0);
    }),
  );

/** Two gateways with each request to one at random, and agents who write too: nobody's knowledge is ever fresh. */
export const runTwoGateways = async (
  driver: Driver,
  options: BenchOptions,
  say: (text: string) => void,
): Promise<void> => {
  const store = await startStore();
  const gateways = await Promise.all([startGateway(store), startGateway(store)]);
  const product = await openRepository(store);
  try {
    const ports = gateways.map(({ port }) => port);
    const ids = await startChats(ports[0] ?? 0, sessionsFor(options));
    const agents = new AgentWriters(product, ids);
    await agents.joinAll();
    await driver.run(spreadLoad(ports, ids, SPREAD), 'each-once');
    const payers = { servers: gateways.map(({ pid }) => pid), redis: store.redis.pid };
    const costs: Cost[] = [];
    const shares: (readonly number[])[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const before = await readCounters(gateways);
      const written = agents.written;
      const cost = await measureRound(
        driver,
        writeLoad(ports, ids),
        { seconds: options.seconds },
        payers,
        (replies) => {
          agents.writeUpTo(written + Math.floor(replies / CUSTOMER_MESSAGES_PER_AGENT_MESSAGE));
        },
      );
      await agents.settle();
      const after = await readCounters(gateways);
      costs.push(cost);
      shares.push([
        ...after.map((value, index) => (value - (before[index] ?? 0)) / cost.requests),
        (agents.written - written) / cost.requests,
      ]);
    }
    const [roundTrips, conflicts, byAgents] = [0, 1, 2].map((index) => median(shares.map((row) => row[index] ?? NaN)));
    say('## Two gateways at random, and an agent writing too\n');
    say(costTable([{ name: 'two gateways', costs }], 'request'));
    say('');
    say(
      table(
        ['per customer message', 'median'],
        [
          ['round trips to Redis', figure(roundTrips ?? NaN)],
          ['appends that came after another writer’s', `${figure(100 * (conflicts ?? NaN))} %`],
          ['messages of agents', figure(byAgents ?? NaN)],
        ],
      ),
    );
    say('');
  } finally {
    product.close();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await store.redis.stop();
  }
};
