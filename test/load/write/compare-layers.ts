import type { Driver } from '../driver/driver.js';
import { type Cost, medianCost, sumUs } from '../measure/cost.js';
import type { BenchOptions } from '../measure/options.js';
import { median, sum } from '../measure/statistics.js';
import { costTable, figure, table } from '../measure/table.js';
import { measureParts } from '../parts/measure-parts.js';
import { besides, startStore } from '../measure/bench-store.js';
import { alternate, sessionsFor } from './rounds.js';
import { startBare, startSmallServer } from './write-server.js';

/** The rungs differ by more than rounds do. */
const LADDER_ROUNDS = 3;

/** A ladder of small servers around the same append, then the product's own parts one by one. */
export const compareLayers = async (
  driver: Driver,
  options: BenchOptions,
  gateway: Cost,
  say: (text: string) => void,
): Promise<void> => {
  const store = await startStore();
  const sessions = sessionsFor(options);
  const servers = [
    await startBare(besides(store, 'bare'), sessions),
    await startSmallServer('Fastify', 'test/load/layers/fastify-write-server.js', besides(store, 'fastify'), sessions),
    await startSmallServer('Nest + Fastify', 'test/load/layers/nest-write-server.js', besides(store, 'nest'), sessions),
  ];
  try {
    const rounds = Math.min(options.rounds, LADDER_ROUNDS);
    const ladder = await alternate(driver, servers, store.redis.pid, { ...options, rounds });
    const parts = measureParts(options);
    say('## Where the time goes\n');
    say(costTable(ladder, 'request'));
    const [bare = 0, fastify = 0, nest = 0] = ladder.map(({ costs }) => median(costs.map((cost) => cost.serverUs)));
    const known = sum(parts.filter(({ isOnTheWay }) => isOnTheWay).map(({ us }) => us));
    say('');
    say(
      table(
        ['layer', 'µs of the server per request'],
        [
          ['bare node:http, ioredis, append, reply', figure(bare)],
          ['+ Fastify', figure(fastify - bare)],
          ['+ Nest', figure(nest - fastify)],
          ...parts.map(({ name, us, isOnTheWay }) => [isOnTheWay ? `+ ${name}` : `(${name})`, figure(us)]),
          ['+ not named above: promises, caches, garbage', figure(gateway.serverUs - nest - known)],
          ['the gateway', figure(gateway.serverUs)],
          ['Redis more than with the bare server', figure(gateway.redisUs - redisOf(ladder[0]?.costs))],
          ['all, server + Redis', figure(sumUs(gateway))],
        ],
      ),
    );
    say('');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await store.redis.stop();
  }
};

const redisOf = (costs: readonly Cost[] = []): number => medianCost(costs).redisUs;
