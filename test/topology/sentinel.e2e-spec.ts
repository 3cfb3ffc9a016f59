import { waitFor } from '../support/http.js';
import { startRedisSentinel, type TestSentinel } from '../support/redis-sentinel.js';
import type { TestRedis } from '../support/redis-server.js';
import { type Stack, startStack } from '../support/stack.js';
import { figure, reportErrors } from './figures.js';
import { FAULTLESS, MessageLoad } from './message-load.js';
import { backWithinMs } from './recovery.js';

const CHATS = 12;
/** Kept messages before something is broken, and after it is over. */
const WARM = 200;
const AFTER = 300;
const FROZEN_MS = 8_000;

let redis: TestSentinel;
let stack: Stack | undefined;
let load: MessageLoad;

beforeEach(async () => {
  redis = await startRedisSentinel();
  const text = `redis-sentinel://${redis.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${redis.name}`;
  stack = await startStack({
    ...{ gateways: 2, workers: 1, redisUrl: text },
    // One of two replicas: the Sentinels promote the one that has more.
    env: { DEMO_AGENT: '0', DURABILITY: 'replicated', REPLICAS_MIN: '1', MESSAGES_PER_10S: '1000000' },
  });
  load = new MessageLoad(stack.gateways);
  await load.start(CHATS);
  await more(WARM);
}, 90_000);

afterEach(async () => {
  load.close();
  reportErrors(stack);
  await stack?.stop();
  await redis.stop();
}, 60_000);

/** Resolves when so many more messages were kept. */
const more = async (count: number): Promise<void> => {
  const goal = load.kept + count;
  await waitFor(`${count} more messages to be kept`, () => load.kept >= goal, 30_000);
};

const promoted = (old: TestRedis): Promise<TestRedis> =>
  waitFor(
    'another master',
    async () => {
      const master = await redis.master();
      return master.port !== old.port && master;
    },
    20_000,
  );

const expectAllKept = async (fault: string, electedMs: number): Promise<void> => {
  const gapMs = load.longestGapMs();
  const verdict = await load.finish();
  figure(fault, { kept: load.kept, 'new master after ms': Math.round(electedMs), 'gap ms': gapMs });
  expect(verdict).toEqual(FAULTLESS);
  expect(gapMs).toBeLessThan(backWithinMs(electedMs));
};

describe('a master behind Sentinels', () => {
  it('is killed: messages are kept again within 5 s, and none is lost', async () => {
    const old = await redis.master();
    const killedMs = performance.now();
    await old.kill();
    await promoted(old);
    const electedMs = performance.now() - killedMs;
    await waitFor('every chat to go on', () => load.chatsKeptSince(killedMs + electedMs) === CHATS, 20_000);
    await more(AFTER);
    await old.restart();
    await more(AFTER);
    await expectAllKept('Sentinel, master killed', electedMs);
  }, 120_000);

  it('freezes for 8 s: nobody writes to it when it is back, and nothing is lost', async () => {
    const old = await redis.master();
    const frozenMs = performance.now();
    old.freeze();
    await promoted(old);
    const electedMs = performance.now() - frozenMs;
    await waitFor('the end of the frost', () => performance.now() - frozenMs > FROZEN_MS, FROZEN_MS + 5_000);
    old.thaw();
    await more(AFTER);
    await expectAllKept('Sentinel, master frozen 8 s', electedMs);
  }, 120_000);
});
