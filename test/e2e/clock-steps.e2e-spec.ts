import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MortalProcess, type Role } from '../chaos/mix/mortal-process.js';
import { chatPath, readFrom, startChat } from '../conformance/customer.js';
import { openRepository, type ProductRepository } from '../load/measure/product-repository.js';
import { HttpClient, waitFor } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { servicesWith } from '../support/services-folder.js';

const KEY_PREFIX = 'clocks';
const HOUR_MS = 3_600_000;
const START_LIMIT_MS = 60_000;
/** After which a customer who asks for nothing has gone, in seconds. */
const GONE_AFTER_S = 4;
/** How far off a timer may be, in seconds. */
const TOLERANCE_S = 2;
const CHATS = 8;

describe('wall clocks that are wrong', () => {
  let folder: string;
  let redis: TestRedis;
  let processes: readonly MortalProcess[];
  let client: HttpClient;
  let product: ProductRepository;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley-clocks-'));
    redis = await startRedis();
    const change = { 'flex-disconnect-timeout: 45': `flex-disconnect-timeout: ${GONE_AFTER_S}` };
    const env = { KEY_PREFIX, DEMO_AGENT: '0', SERVICES_DIR: servicesWith(folder, change) };
    const start = (role: Role, number: number): Promise<MortalProcess> =>
      MortalProcess.start({ name: `${role} ${number}`, role, redisPort: redis.port, folder, env });
    processes = await Promise.all([start('gateway', 1), start('worker', 1), start('worker', 2)]);
    client = new HttpClient(processes[0]?.url ?? '');
    product = await openRepository({ redisUrl: redis.url, keyPrefix: KEY_PREFIX, partitions: 64 });
  }, START_LIMIT_MS);

  afterAll(async () => {
    product.close();
    client.close();
    await Promise.all(processes.map((each) => each.stop()));
    await redis.stop();
    rmSync(folder, { recursive: true });
  }, START_LIMIT_MS);

  const skew = (...offsetsMs: readonly number[]): void => {
    for (const [index, offsetMs] of offsetsMs.entries()) processes[index]?.skew(offsetMs);
  };

  /** Whether the chat is over, without being seen as its customer. */
  const isOver = async (id: string): Promise<boolean> => {
    const state = (await product.repository.view(id))?.state;
    return state?.status === 'open' && state.chat !== null && state.chat.ended !== null;
  };

  /** Starts chats that their customers leave; resolves when all have begun. */
  const leftAlone = async (): Promise<readonly { readonly id: string; readonly begunMs: number }[]> =>
    Promise.all(
      Array.from({ length: CHATS }, async () => {
        const { id } = await startChat(client);
        return { id, begunMs: performance.now() };
      }),
    );

  /** @returns after how many seconds each was closed */
  const closedAfter = (chats: Awaited<ReturnType<typeof leftAlone>>): Promise<readonly number[]> =>
    Promise.all(
      chats.map(async ({ id, begunMs }) => {
        await waitFor('the chat to be closed', () => isOver(id), 3 * GONE_AFTER_S * 1_000);
        return (performance.now() - begunMs) / 1_000;
      }),
    );

  const expectInTime = (seconds: readonly number[]): void => {
    for (const each of seconds) {
      expect(each).toBeGreaterThan(GONE_AFTER_S - TOLERANCE_S);
      expect(each).toBeLessThan(GONE_AFTER_S + TOLERANCE_S);
    }
  };

  it('an hour fast here and an hour slow there: timers keep the time of Redis', async () => {
    skew(60_000, HOUR_MS, -HOUR_MS);
    expectInTime(await closedAfter(await leftAlone()));
  }, 30_000);

  it.each([HOUR_MS, -HOUR_MS])(
    'set by %s ms while timers run: they end when they were to end',
    async (stepMs) => {
      skew(0, 0, 0);
      const chats = await leftAlone();
      skew(stepMs, stepMs, stepMs);
      expectInTime(await closedAfter(chats));
    },
    30_000,
  );

  it('set back and forth between two messages: the seconds of a transcript never go back', async () => {
    const chat = await startChat(client);
    for (const offsetMs of [0, HOUR_MS, -HOUR_MS, 60_000, -60_000]) {
      skew(offsetMs);
      const form = { message: `with a clock off by ${offsetMs} ms` };
      expect((await client.post(chatPath(chat.id, 'send'), { form })).status).toBe(200);
    }
    const seconds = (await readFrom(client, chat, 0)).events.map(([, , , at]) => Number(at));
    expect(seconds).toEqual(seconds.toSorted((one, other) => one - other));
    expect(seconds.at(-1)).toBeLessThan(GONE_AFTER_S);
  });
});
