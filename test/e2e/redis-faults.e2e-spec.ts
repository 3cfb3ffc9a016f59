import {
  batchOf,
  type Batch,
  type Chat,
  chatPath,
  readFrom,
  SERVICE,
  startChat,
  textsOf,
} from '../conformance/customer.js';
import { HttpClient, type HttpReply, waitFor } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { type Stack, startStack } from '../support/stack.js';

/** A Redis that is not there: the answer is 503 with Retry-After, then everything goes on; nothing lost or doubled. */
let redis: TestRedis;
let stack: Stack | undefined;
let clients: readonly HttpClient[];

const start = async (until: 'ready' | 'alive', env: Record<string, string> = {}): Promise<void> => {
  stack = await startStack({ gateways: 2, redisUrl: redis.url, until, env });
  clients = stack.gateways.map(({ url }) => new HttpClient(url));
};

beforeEach(async () => {
  redis = await startRedis();
}, 30_000);

afterEach(async () => {
  clients.forEach((client) => {
    client.close();
  });
  await stack?.stop();
  await redis.stop();
}, 60_000);

const expectUnavailable = (reply: HttpReply): void => {
  expect({ status: reply.status, body: reply.text }).toEqual({ status: 503, body: '' });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
};

/** A request waits so long for Redis at most, in milliseconds, with a margin for a busy machine. */
const WAIT_LIMIT_MS = 3_000 + 500;
/** So long after Redis is back messages are taken again, in milliseconds. */
const RECOVERY_LIMIT_MS = 3_000;

const timed = async <T>(work: () => Promise<T>): Promise<{ result: T; elapsedMs: number }> => {
  const startMs = performance.now();
  return { result: await work(), elapsedMs: performance.now() - startMs };
};

/** Asks the gateways in turn, with the same key each time, until one takes the message. */
const sendUntilTaken = (chat: Chat, text: string, key: string): Promise<Batch> => {
  let refusals = 0;
  return waitFor(
    `"${text}" to be taken`,
    async () => {
      const client = clients[refusals % clients.length]!;
      const options = { headers: { 'Idempotency-Key': key }, form: { message: text } };
      const reply = await client.post(chatPath(chat.id, 'send'), options);
      if (reply.status === 200) return batchOf(reply);
      expectUnavailable(reply);
      refusals += 1;
      return undefined;
    },
    30_000,
  );
};

const readyOf = async (index: number): Promise<number> => {
  const health = new HttpClient(stack!.gateways[index]!.internalUrl);
  const { status } = await health.get('/readyz');
  health.close();
  return status;
};

describe('a Redis that is down at the start', () => {
  it('is waited for: 503 with Retry-After, alive and not ready, then on', async () => {
    await redis.kill();
    await start('alive');
    for (const client of clients) expectUnavailable(await client.post(`${SERVICE}/request-chat`));
    expect(await readyOf(0)).toBe(503);

    await redis.restart();
    for (const index of [0, 1]) await waitFor('a gateway to be ready', async () => (await readyOf(index)) === 200);
    const chat = await startChat(clients[0]!);
    const joined = await waitFor('the robot, so the worker is back as well', async () => {
      const batch = await readFrom(clients[1]!, chat, 0);
      return batch.events.some(([type]) => type === 'Notice.Joined') && batch;
    });
    expect(joined.position).toBe(2);
  }, 90_000);
});

describe('a Redis that is killed in mid-chat', () => {
  const MESSAGES = 30;
  const KILL_BEFORE = 10;

  it('costs a wait, and no message is lost or doubled', async () => {
    await start('ready', { DEMO_AGENT: '0' });
    const chat = await startChat(clients[0]!);
    const texts = Array.from({ length: MESSAGES }, (_, index) => `message ${index}`);
    const positions: number[] = [];
    for (const [index, text] of texts.entries()) {
      if (index === KILL_BEFORE) {
        await redis.kill();
        // Both gateways say so before it comes back.
        for (const client of clients) {
          const options = { headers: { 'Idempotency-Key': `key-${index}` }, form: { message: text } };
          const send = await timed(() => client.post(chatPath(chat.id, 'send'), options));
          const read = await timed(() => client.post(chatPath(chat.id, 'refresh')));
          for (const { result, elapsedMs } of [send, read]) {
            expectUnavailable(result);
            expect(elapsedMs).toBeLessThan(WAIT_LIMIT_MS);
          }
        }
        expect(await readyOf(0)).toBe(503);
        await redis.restart();
      }
      const { result, elapsedMs } = await timed(() => sendUntilTaken(chat, text, `key-${index}`));
      expect(elapsedMs).toBeLessThan(RECOVERY_LIMIT_MS);
      positions.push(result.position);
    }
    const { events, position } = await readFrom(clients[1]!, chat, 0);
    expect(textsOf(events)).toEqual(texts);
    expect(position).toBe(MESSAGES + 1);
    expect(positions).toEqual(texts.map((_, index) => index + 2));
  }, 120_000);

  it('under concurrent senders, loses and doubles nothing that was answered', async () => {
    await start('ready', { DEMO_AGENT: '0' });
    const chats = await Promise.all(Array.from({ length: 4 }, () => startChat(clients[0]!)));
    const killed = (async () => {
      // In the midst of the writes, not before or after them.
      await waitFor('some messages', async () => (await readFrom(clients[0]!, chats[0]!, 0)).position > 3);
      await redis.kill();
      await redis.restart();
    })();
    await Promise.all(
      chats.map(async (chat) => {
        for (let index = 0; index < MESSAGES; index += 1) {
          const batch = await sendUntilTaken(chat, `message ${index}`, `key-${index}`);
          expect(textsOf(batch.events)).toEqual([`message ${index}`]);
          expect(batch.position).toBe(index + 2);
        }
      }),
    );
    await killed;
    for (const chat of chats) {
      const { events } = await readFrom(clients[1]!, chat, 0);
      expect(textsOf(events)).toEqual(Array.from({ length: MESSAGES }, (_, index) => `message ${index}`));
    }
  }, 120_000);
});
