import { randomUUID } from 'node:crypto';
import { userHeader } from '../conformance/cometd-session.js';
import { type Chat, chatPath, createService, SERVICE, startChat } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { useBystander } from '../hostile/bystander.js';
import { medianOf, tellable } from '../hostile/stranger.js';
import { expectDiscreet } from '../hostile/verdict.js';
import type { HttpClient, HttpReply, RequestOptions } from '../support/http.js';

/**
 * Somebody who knows, or guesses, the id of another one's service: he gets the same answer as for an id that nobody has,
 * by the same work.
 */
const { client, clients, stack } = useStack({
  gateways: 2,
  workers: 0,
  env: { DEMO_AGENT: '0', SERVICES_PER_10S: '1000000' },
});
const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');

beforeEach(async () => {
  await bystander.newLines();
});

type Ask = (client: HttpClient, id: string, headers: Readonly<Record<string, string>>) => Promise<HttpReply>;

const posts =
  (path: (id: string) => string, options: RequestOptions = {}): Ask =>
  (via, id, headers) =>
    via.post(path(id), { ...options, headers });

const OPERATIONS: readonly (readonly [string, Ask])[] = [
  ['ixn/chat', posts((id) => chatPath(id), { form: { firstName: 'Mallory' } })],
  ['refresh', posts((id) => chatPath(id, 'refresh'))],
  ['refresh from the start', posts((id) => chatPath(id, 'refresh'), { form: { transcriptPosition: '0' } })],
  ['refresh with a message', posts((id) => chatPath(id, 'refresh'), { form: { message: 'x' } })],
  ['send', posts((id) => chatPath(id, 'send'), { form: { message: 'x' } })],
  ['startTyping', posts((id) => chatPath(id, 'startTyping'))],
  ['stopTyping', posts((id) => chatPath(id, 'stopTyping'))],
  ['disconnect', posts((id) => chatPath(id, 'disconnect'))],
  ['status', posts((id) => `${SERVICE}/${id}/status`)],
  ['check-queue-position', posts((id) => `${SERVICE}/${id}/check-queue-position`)],
  ['storage', posts((id) => `${SERVICE}/${id}/storage`, { form: { a: 'b' } })],
  ['storage, all', (via, id, headers) => via.get(`${SERVICE}/${id}/storage`, { headers })],
  ['storage, one', (via, id, headers) => via.get(`${SERVICE}/${id}/storage/a`, { headers })],
  ['storage, forgotten', (via, id, headers) => via.delete(`${SERVICE}/${id}/storage`, { headers })],
  ['a dialog', (via, id, headers) => via.get(`${SERVICE}/${id}/dialogs/current`, { headers })],
  ['DELETE', (via, id, headers) => via.delete(`${SERVICE}/${id}`, { headers })],
];

/** Requests that gateways have sent to the store, all of them. */
const roundTrips = async (index: number): Promise<number> => {
  const text = await (await fetch(`${stack().gateways[index]?.internalUrl ?? ''}/metrics`)).text();
  return Number(/^parley_store_round_trips_total(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1]);
};

const work = async (index: 0 | 1, ask: () => Promise<HttpReply>): Promise<{ reply: HttpReply; calls: number }> => {
  const before = await roundTrips(index);
  const reply = await ask();
  return { reply, calls: (await roundTrips(index)) - before };
};

/** Of hers, and of nobody's. */
const REFUSALS = 2;

const ANN = userHeader('ann');
const MALLORY = userHeader('mallory');

const annsChat = async (): Promise<Chat> => {
  const chat = await startChat(client, { headers: ANN });
  await client.post(chatPath(chat.id, 'send'), { form: { message: 'between us' }, headers: ANN });
  return chat;
};

describe.each(OPERATIONS)("%s of another user's service", (_operation, ask) => {
  it.each([
    ['that this gateway knows', 0],
    ['that this gateway has not seen', 1],
  ] as const)('%s is answered as for an id that nobody has, by the same calls', async (_name, index) => {
    const { id } = await annsChat();
    const via = clients[index];
    const foreign = await work(index, () => ask(via, id, MALLORY));
    const unknown = await work(index, () => ask(via, randomUUID(), MALLORY));
    expect(foreign.reply.status).toBe(404);
    expect(tellable(foreign.reply)).toEqual(tellable(unknown.reply));
    expect(foreign.calls).toBe(unknown.calls);
    expectDiscreet(foreign.reply.text);

    // Nothing has changed for her, and her place neither.
    const mine = await client.post(chatPath(id, 'refresh'), { form: { transcriptPosition: '0' }, headers: ANN });
    expect(mine.text).toContain('"between us"');
    expect(mine.json()).toMatchObject({ chatIxnState: 'TRANSCRIPT', transcriptPosition: '2' });
    expect((await client.get(`${SERVICE}/${id}/storage`, { headers: ANN })).text).toBe('{}');
    await bystander.expectUnhurt();
    await bystander.expectQuietLog([id, 'between us', 'mallory'], REFUSALS);
  });
});

describe('the id of a service', () => {
  it('cannot be told by the time that the answer takes', async () => {
    const chats = await Promise.all(Array.from({ length: 20 }, annsChat));
    const times: Record<'foreign' | 'unknown', number[]> = { foreign: [], unknown: [] };
    const ask = posts((id) => chatPath(id, 'refresh'));
    const timed = async (kind: keyof typeof times, id: string): Promise<void> => {
      const startMs = performance.now();
      await ask(client, id, MALLORY);
      times[kind].push(performance.now() - startMs);
    };
    for (let round = 0; round < 30; round += 1) {
      // In turns, so that whatever else the machine does falls on both.
      for (const { id } of chats) {
        await timed('foreign', id);
        await timed('unknown', randomUUID());
      }
    }
    const [foreign, unknown] = [medianOf(times.foreign), medianOf(times.unknown)];
    // Two answers of the same kind differ as much from each other.
    expect(Math.abs(foreign - unknown)).toBeLessThan(0.3 * Math.max(foreign, unknown));
  });

  it('is not in the neighbourhood of another one', async () => {
    const ids: string[] = [];
    while (ids.length < 200) ids.push(...(await Promise.all(Array.from({ length: 10 }, () => createService(client)))));
    expect(new Set(ids).size).toBe(ids.length);
    // All but the digits of version, variant and partition are dice: each digit takes all values, at each place.
    const places = Array.from({ length: 32 }, (_, place) => new Set(ids.map((id) => id.replaceAll('-', '')[place])));
    const varied = places.filter(({ size }) => size >= 12).length;
    expect(varied).toBeGreaterThanOrEqual(29);
  });

  it('that somebody else has claimed at another gateway is not his who comes later', async () => {
    const id = await createService(clients[1]);
    await clients[0].post(chatPath(id), { form: { firstName: 'Ann' }, headers: ANN });
    await clients[0].post(chatPath(id, 'send'), { form: { message: 'between us' }, headers: ANN });
    for (const [, ask] of OPERATIONS) {
      const reply = await ask(clients[1], id, MALLORY);
      expect([reply.status, reply.text.includes('between us')]).toEqual([404, false]);
    }
    const mine = await clients[1].post(chatPath(id, 'refresh'), { headers: ANN });
    expect(mine.status).toBe(200);
  });

  it('with the key of a command of its owner gives nobody else her answer', async () => {
    const { id } = await annsChat();
    const options = { form: { message: 'for her eyes' }, headers: { ...ANN, 'idempotency-key': 'first' } };
    const first = await client.post(chatPath(id, 'send'), options);
    expect(first.text).toContain('for her eyes');
    for (const via of clients) {
      const stolen = await via.post(chatPath(id, 'send'), { ...options, headers: { ...options.headers, ...MALLORY } });
      expect([stolen.status, stolen.text.includes('for her eyes')]).toEqual([404, false]);
      expect((await via.post(chatPath(id, 'send'), options)).text).toBe(first.text);
    }
  });

  it('that was deleted at one gateway is nobody’s at the other, with the key of a command either', async () => {
    const { id } = await annsChat();
    const options = { form: { message: 'once' }, headers: { ...ANN, 'idempotency-key': 'first' } };
    await client.post(chatPath(id, 'send'), options);
    await clients[1].delete(`${SERVICE}/${id}`, { headers: ANN });
    for (const via of clients) expect((await via.post(chatPath(id, 'send'), options)).status).toBe(404);
  });
});

describe('headers that name somebody', () => {
  it.each([
    ['twice', ['ann', 'mallory']],
    ['twice, the other way round', ['mallory', 'ann']],
  ])('%s name nobody, or both of them', async (_name, users) => {
    const { id } = await annsChat();
    const reply = await client.post(chatPath(id, 'refresh'), { headers: { gms_user: users } });
    expect(reply.status).toBe(404);
  });

  it.each(['Ann', 'ANN', ' ann.', 'ann,', 'ann\t.', 'añn', 'ann%00', '*', 'ann*', '%61nn'])(
    'as %j are not those of ann',
    async (user) => {
      const { id } = await annsChat();
      const headers = userHeader(user);
      const reply = await client
        .post(chatPath(id, 'refresh'), { headers })
        .catch((error: unknown) => (error instanceof TypeError ? undefined : Promise.reject(error as Error)));
      expect(reply?.status ?? 404).toBe(404);
    },
  );

  it.each([
    'X-Forwarded-User',
    'X-Remote-User',
    'gms-user',
    'GMS-USER',
    'X-GMS-User',
    'Cookie',
    'Authorization',
    'From',
  ])('in %s are passed over', async (header) => {
    const { id } = await annsChat();
    const headers = { [header]: 'ann', ...MALLORY };
    expect((await client.post(chatPath(id, 'refresh'), { headers })).status).toBe(404);
  });
});
