import { type Chat, chatBody, chatPath, readFrom, startChat, textsOf } from '../conformance/customer.js';
import { CometdSession, untilHeld } from '../conformance/cometd-session.js';
import { HttpClient, waitFor } from '../support/http.js';
import { type Stack, startStack } from '../support/stack.js';

const START_LIMIT_MS = 60_000;
const NODE = '/genesys/1/admin/node';
const SENDERS = 6;

describe('a gateway that is taken out of the rotation', () => {
  let stack: Stack;
  let client: HttpClient;
  let internal: HttpClient;

  beforeAll(async () => {
    stack = await startStack({ workers: 0 });
    client = new HttpClient(() => stack.gateways[0]?.url ?? '');
    internal = new HttpClient(() => stack.gateways[0]?.internalUrl ?? '');
  }, START_LIMIT_MS);

  afterAll(async () => {
    for (const each of [client, internal]) each.close();
    await stack.stop();
  }, START_LIMIT_MS);

  const change = async (state: string): Promise<string> => (await internal.post(`${NODE}/changestatus/${state}`)).text;
  const ready = async (): Promise<number> => (await internal.get('/readyz')).status;

  it('says so, answers what it holds and serves what comes all the same, until it is put back', async () => {
    const gateway = stack.gateways[0]!;
    expect((await internal.get(`${NODE}/status`)).text).toBe('ONLINE');
    const phone = await CometdSession.subscribed(client, 'ann');
    const held = phone.connect();
    await untilHeld(gateway, 1);

    expect(await change('OFFLINE')).toBe('OFFLINE');
    const [reply] = await held;
    expect(reply).toMatchObject({ successful: true, advice: { reconnect: 'retry' } });
    expect(await ready()).toBe(503);
    expect((await internal.get('/readyz')).json()).toEqual({ status: 'not ready', reason: 'offline' });
    // A balancer may need a moment: nobody is refused meanwhile, and nobody is held.
    await startChat(client);
    await phone.connect();

    expect(await change('ONLINE')).toBe('ONLINE');
    expect(await ready()).toBe(200);
    const again = phone.connect();
    await untilHeld(gateway, 1);
    await change('OFFLINE');
    await again;
    await change('ONLINE');
  });

  it('is changed by nobody from outside, nor by a page of a stranger', async () => {
    expect((await client.post(`${NODE}/changestatus/OFFLINE`)).status).toBe(404);
    expect((await internal.get(`${NODE}/changestatus/ASLEEP`)).status).toBe(404);
    const stranger = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await internal.post(`${NODE}/changestatus/OFFLINE`, { headers: stranger })).status).toBe(403);
    const image = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect((await internal.get(`${NODE}/changestatus/OFFLINE`, { headers: image })).status).toBe(403);
    expect(await ready()).toBe(200);
  });
});

describe('a rolling restart of two gateways and two workers', () => {
  let stack: Stack;

  afterAll(async () => {
    await stack.stop();
  }, START_LIMIT_MS);

  it('fails no request, and ends each process with 0', async () => {
    stack = await startStack({ gateways: 2, workers: 2, env: { DEMO_AGENT: '0', MESSAGES_PER_10S: '100000' } });
    const clients = stack.gateways.map(({ url }) => new HttpClient(url));
    const chats = await Promise.all(Array.from({ length: SENDERS }, () => startChat(clients[0]!)));
    const statuses = new Set<number>();
    let isOver = false;

    /** As a balancer does it: what one gateway does not take goes to the other, with the same key. */
    const send = (chat: Chat, index: number): Promise<number> => {
      let turn = index;
      return waitFor(
        `message ${index} to be taken`,
        async () => {
          const options = { headers: { 'Idempotency-Key': `key-${index}` }, form: { message: `message ${index}` } };
          const reply = await clients[turn % 2]!.post(chatPath(chat.id, 'send'), options).catch(() => undefined);
          turn += 1;
          if (reply === undefined) return undefined;
          statuses.add(reply.status);
          return Number(chatBody(reply).transcriptPosition);
        },
        5_000,
      );
    };
    const talking = chats.map(async (chat) => {
      let count = 0;
      for (; !isOver; count += 1) expect(await send(chat, count)).toBe(count + 2);
      return count;
    });

    const codes: (number | null)[] = [];
    const running = { gateways: [...stack.gateways], workers: [...stack.workers] };
    for (const index of [0, 1]) {
      codes.push(await running.gateways[index]!.stop());
      await stack.restartGateway(index);
      codes.push(await running.workers[index]!.stop());
      await stack.restartWorker(index);
    }
    isOver = true;
    const counts = await Promise.all(talking);

    expect(codes).toEqual([0, 0, 0, 0]);
    expect([...statuses]).toEqual([200]);
    for (const [index, chat] of chats.entries()) {
      const texts = Array.from({ length: counts[index] ?? 0 }, (_, each) => `message ${each}`);
      expect(textsOf((await readFrom(clients[1]!, chat, 0)).events)).toEqual(texts);
    }
    for (const client of clients) client.close();
  }, 90_000);
});
