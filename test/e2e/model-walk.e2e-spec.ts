import fc from 'fast-check';
import { openRepository, type ProductRepository } from '../load/measure/product-repository.js';
import { useCometdStack } from '../conformance/cometd-stack.js';
import { anyWalk, told } from '../model/steps.js';
import { type Ground, Walk } from '../model/walk.js';

/**
 * Everything that can be done to a service, by two users at two gateways and an agent, in any order, against a list. A
 * failure names its seed and the shortest walk that fails: `SEED=<seed> WALK=<path> node scripts/jest.mjs e2e model-walk`.
 * `RUNS=2000` for the long form.
 */
const RUNS = Number(process.env['RUNS'] ?? 60);
const SEED = process.env['SEED'];
const PATH = process.env['WALK'];
/** Of one run, in milliseconds, on a machine that does other things too. */
const RUN_LIMIT_MS = 600;
const LEAST_LIMIT_MS = 60_000;
const LIMIT_MS = LEAST_LIMIT_MS + RUNS * RUN_LIMIT_MS;
const PARTITIONS = 64;
/** Beyond every deadline, in milliseconds. */
const LATER_MS = 40 * 86_400_000;

const { stack, client, desk, keyPrefix } = useCometdStack({
  gateways: 2,
  workers: 0,
  env: {
    COMET_HANDSHAKES_PER_10S: '1000',
    COMET_HANDSHAKES_PER_SECOND: '10000',
    CHATS_PER_USER: '1000',
    SERVICES_PER_10S: '1000000',
  },
});

describe('any walk through all operations', () => {
  let product: ProductRepository | undefined;
  beforeAll(async () => {
    const redisUrl = stack().redis?.url ?? '';
    product = await openRepository({ redisUrl, keyPrefix, partitions: PARTITIONS });
  });
  afterAll(() => {
    product?.close();
  });

  const ground: Ground = {
    client,
    desk,
    pass: async (serviceId, kind) => {
      await product?.repository.execute(serviceId, {
        commands: (_, nowMs) => [{ type: 'MeetDeadline', kind, atMs: nowMs + LATER_MS, lastSeenMs: nowMs }],
        commandId: `walk:${kind}:${nextPass()}`,
      });
    },
  };
  let passes = 0;
  const nextPass = (): number => (passes += 1);

  it(
    `is the same as in the model, ${RUNS} times`,
    async () => {
      let taken = 0;
      await fc.assert(
        fc.asyncProperty(anyWalk, async (steps) => {
          const walk = new Walk(ground);
          const done: string[] = [];
          try {
            for (const step of steps) {
              done.push(told(step));
              if (await walk.take(step)) taken += 1;
              else done.pop();
            }
            done.push('in the end');
            await walk.settle();
          } catch (error) {
            throw new Error(`after\n  ${done.join('\n  ')}\n${(error as Error).message}`, { cause: error });
          }
        }),
        {
          numRuns: RUNS,
          ...(SEED === undefined ? {} : { seed: Number(SEED) }),
          ...(PATH === undefined ? {} : { path: PATH }),
          endOnFailure: process.env['SHORTEST'] === '0',
        },
      );
      // Steps that make no sense where they stand are passed over: most must.
      expect(taken / RUNS).toBeGreaterThan(12);
      for (const gateway of stack().gateways) expect(gateway.logs()).not.toMatch(/"level":(?:50|60)|rolled/);
    },
    LIMIT_MS,
  );
});
