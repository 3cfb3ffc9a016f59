import type { Driver } from '../driver/driver.js';
import { besides, startStore } from '../measure/bench-store.js';
import { medianCost, sumUs } from '../measure/cost.js';
import type { BenchOptions } from '../measure/options.js';
import { sum } from '../measure/statistics.js';
import { costTable, figure, table } from '../measure/table.js';
import { measureParts } from '../parts/measure-parts.js';
import { alternate, sessionsFor } from './rounds.js';
import { startBare, startProduct, startSmallServer, type WriteServer } from './write-server.js';

/** The rungs differ by more than rounds do: fewer and shorter ones are enough. */
const ROUNDS_MAX = 3;
const SHORTER = 2 / 3;

const FASTIFY = 'test/load/layers/fastify-write-server.js';
const NEST = 'test/load/layers/nest-write-server.js';

/** A ladder of small servers around the same append, with the product at its top, then the product's parts one by one. */
export const compareLayers = async (
  driver: Driver,
  options: BenchOptions,
  say: (text: string) => void,
): Promise<void> => {
  const store = await startStore();
  const sessions = sessionsFor(options);
  const servers: WriteServer[] = [];
  try {
    servers.push(
      await startBare(besides(store, 'bare'), sessions),
      await startSmallServer('Fastify', FASTIFY, besides(store, 'fastify'), sessions),
      await startSmallServer('Nest on that Fastify', NEST, besides(store, 'nest'), sessions),
      await startSmallServer('Nest on the Fastify it brings', NEST, besides(store, 'brought'), sessions, {
        FASTIFY_OF: 'nest',
      }),
      await startProduct(store, sessions),
    );
    const rounds = Math.min(options.rounds, ROUNDS_MAX);
    const seconds = options.seconds * SHORTER;
    const ladder = await alternate(driver, servers, store.redis.pid, { ...options, rounds, seconds });
    const parts = measureParts(options);
    const [bare = NaN, fastify = NaN, nest = NaN, brought = NaN, gateway = NaN] = ladder.map(
      ({ costs }) => medianCost(costs).serverUs,
    );
    const [ofBare, , , , ofGateway] = ladder.map(({ costs }) => medianCost(costs));
    const named = sum(parts.filter(({ isOnTheWay }) => isOnTheWay).map(({ us }) => us));
    say('## Where the time goes\n');
    say(costTable(ladder, 'request'));
    say('');
    say(
      table(
        ['layer', 'µs per request'],
        [
          ['bare node:http, ioredis, append, reply', figure(bare)],
          ['+ Fastify', figure(fastify - bare)],
          ['+ Nest', figure(nest - fastify)],
          ['(more, with the Fastify that Nest brings)', figure(brought - nest)],
          ...parts.map(({ name, us, isOnTheWay }) => [isOnTheWay ? `+ ${name}` : `(${name})`, figure(us)]),
          ['+ all that is not measured by itself', figure(gateway - nest - named)],
          ['= the gateway', figure(gateway)],
          ['+ Redis', figure(ofGateway?.redisUs ?? NaN)],
          ['(Redis, with the bare server)', figure(ofBare?.redisUs ?? NaN)],
          ['= server + Redis', figure(ofGateway === undefined ? NaN : sumUs(ofGateway))],
        ],
      ),
    );
    say('');
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    await store.redis.stop();
  }
};
