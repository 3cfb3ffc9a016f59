import { readFileSync } from 'node:fs';
import { askBayeux, COMETD, CometdSession, heldConnects, userHeader } from '../conformance/cometd-session.js';
import { chatPath, createService, SERVICE, startChat } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { FORM, head } from '../hostile/attack.js';
import { useBystander } from '../hostile/bystander.js';
import { SlowSocket } from '../hostile/slow-socket.js';
import { type HttpReply, waitFor } from '../support/http.js';

/** Those who are slow on purpose, do not read, or want more than their share: they are cut off, and nobody else notices. */
const HEADERS_MS = 400;
const REQUEST_MS = 800;
/** Until the server has noticed, besides: it looks every now and then. */
const GRACE_MS = 2_000;

const { client, stack } = useStack({
  workers: 0,
  env: {
    ...{ DEMO_AGENT: '0', HEADERS_TIMEOUT_MS: String(HEADERS_MS), REQUEST_TIMEOUT_MS: String(REQUEST_MS) },
    ...{ MESSAGES_PER_10S: '5', MESSAGES_PER_CHAT: '8', COMET_HANDSHAKES_PER_10S: '6', COMET_CLIENTS_PER_USER: '3' },
    ...{ COMET_HELD_PER_USER: '2', CHATS_PER_USER: '2', SERVICES_PER_10S: '200', STORAGE_KEYS_MAX: '5' },
    ...{ COMET_HANDSHAKES_PER_SECOND: '40' },
  },
});
const gateway = () => stack().gateways[0]!;
const bystander = useBystander(client, () => gateway().logs());

beforeEach(async () => {
  await bystander.newLines();
});
afterEach(() => bystander.expectUnhurt());

/** Memory of the gateway, in MB. */
const residentMb = (): number => {
  const [, kB = '0'] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${gateway().pid}/status`, 'utf8')) ?? [];
  return Number(kB) / 1_024;
};

/** Somebody who takes longer than he may. */
interface Slow {
  readonly name: string;
  readonly limitMs: number;
  readonly act: (socket: SlowSocket) => Promise<void>;
}

const DRIP_MS = 20;
const POST = 'POST /genesys/1/service/request-chat HTTP/1.1';

const slowHead = (name: string, begin: string, drip = ''): Slow => ({
  name,
  limitMs: HEADERS_MS,
  act: (socket) => {
    socket.send(begin);
    return socket.drip(drip, DRIP_MS);
  },
});
const slowBody = (name: string, begin: string, drip = ''): Slow => ({
  ...slowHead(name, begin, drip),
  limitMs: REQUEST_MS,
});

const SLOW: readonly Slow[] = [
  slowHead('a head that never ends', 'GET / HTTP/1.1\r\nHost: parley\r\n'),
  slowHead('a head that drips', '', `GET / HTTP/1.1\r\nX-Any: ${'x'.repeat(200)}`),
  slowHead('headers that go on and on', 'GET / HTTP/1.1\r\nHost: a\r\n', 'a:b\r\n'.repeat(40)),
  slowHead('half a line', 'GE'),
  slowHead('nothing but line breaks', '', '\r\n'.repeat(100)),
  slowBody('a body that never comes', head('POST /x HTTP/1.1', { 'Content-Length': '99' })),
  slowBody('a body that drips', head(POST, { 'Content-Length': '200', 'Content-Type': FORM }), 'a'.repeat(150)),
  slowBody(
    'chunks that never end',
    head(POST, { 'Transfer-Encoding': 'chunked', 'Content-Type': FORM }),
    '1\r\na\r\n'.repeat(20),
  ),
  slowBody(
    'a Bayeux body that drips',
    head(`POST ${COMETD} HTTP/1.1`, { 'Content-Length': '200', 'Content-Type': 'application/json' }),
    '['.repeat(150),
  ),
];

/** Requests that the gateway has in work, as it says itself. */
const inFlight = async (): Promise<number> => {
  const text = await (await fetch(`${gateway().internalUrl}/metrics`)).text();
  return Number(/^parley_requests_in_flight(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1]);
};

const LISTENERS = [
  ['public', () => gateway().url],
  ['internal', () => gateway().internalUrl],
] as const;

describe.each(LISTENERS)('at the %s listener', (_name, url) => {
  const outcomes = new Map<string, Promise<SlowSocket | undefined>>();
  /** @returns the socket once it has been closed; undefined when it has not in time */
  const slowly = async ({ act, limitMs }: Slow): Promise<SlowSocket | undefined> => {
    const socket = await SlowSocket.open(url());
    const acting = act(socket);
    const tookMs = await socket.closedWithin(limitMs + GRACE_MS);
    socket.close();
    await acting;
    return tookMs === undefined ? undefined : socket;
  };
  // All of them side by side, as they would come.
  beforeAll(() => {
    for (const slow of SLOW) outcomes.set(slow.name, slowly(slow));
  });

  it.each(SLOW.map(({ name }) => name))('%s is cut off', async (name) => {
    const socket = await outcomes.get(name);
    expect([name, socket === undefined ? 'still open' : 'closed']).toEqual([name, 'closed']);
    if (socket?.text !== '') expect(socket?.text).toMatch(/^HTTP\/1\.1 (408|400|431) /);
  });

  it('three hundred who say nothing keep nobody waiting, and are let go', async () => {
    const silent = await Promise.all(Array.from({ length: 300 }, () => SlowSocket.open(url())));
    await bystander.expectUnhurt();
    for (const socket of silent) socket.send('GET / HT');
    await bystander.expectUnhurt();
    const took = await Promise.all(silent.map((socket) => socket.closedWithin(HEADERS_MS + GRACE_MS)));
    expect(took.filter((tookMs) => tookMs === undefined)).toEqual([]);
  });
});

describe('who does not read', () => {
  const MEMORY_MB = 150;
  let greedy: readonly SlowSocket[] = [];
  const deaf = async (count: number): Promise<readonly SlowSocket[]> => {
    greedy = await Promise.all(Array.from({ length: count }, () => SlowSocket.open(client.url, false)));
    return greedy;
  };
  afterEach(async () => {
    for (const socket of greedy) socket.close();
    await waitFor(
      'everybody to be let in again',
      async () => (await client.post(`${SERVICE}/request-chat`)).status === 200,
    );
  });

  it('gets as much of an answer as he reads, and holds no memory with it', async () => {
    const { id } = await startChat(client);
    await client.post(`${SERVICE}/${id}/storage`, { form: { a: 'x'.repeat(60_000) } });
    const before = residentMb();
    for (const socket of await deaf(200)) socket.send(head(`GET ${SERVICE}/${id}/storage/a HTTP/1.1`, {}));
    // Two hundred at once may be more than a busy machine can take, and then others are told so.
    await waitFor('the answers to be made', async () => (await inFlight()) === 0);
    for (let look = 0; look < 10; look += 1) await bystander.expectUnhurt();
    expect(residentMb() - before).toBeLessThan(MEMORY_MB);
  });

  it('what he asks for ahead shuts nobody out, as long as he stays and when he has gone', async () => {
    const { id } = await startChat(client);
    await client.post(`${SERVICE}/${id}/storage`, { form: { a: 'x'.repeat(60_000) } });
    const line = head(`GET ${SERVICE}/${id}/storage/a HTTP/1.1`, {});
    const before = residentMb();
    for (const socket of await deaf(80)) socket.send(line.repeat(15));
    await waitFor('the answers to be made', async () => (await inFlight()) === 0);
    for (let look = 0; look < 10; look += 1) await bystander.expectUnhurt();
    expect(residentMb() - before).toBeLessThan(MEMORY_MB);
  });

  it('what is too much ahead ends his connection, and is no work any more', async () => {
    greedy = await Promise.all(Array.from({ length: 20 }, () => SlowSocket.open(client.url)));
    for (const socket of greedy) socket.send(head('GET /nowhere HTTP/1.1', {}).repeat(600));
    for (const socket of greedy) expect(await socket.closedWithin(GRACE_MS)).toBeDefined();
    await waitFor('nothing to be in work', async () => (await inFlight()) === 0);
    await bystander.expectUnhurt();
  });

  it('a websocket of his is no burden', async () => {
    const [socket] = await deaf(1);
    socket?.send(
      `GET ${COMETD} HTTP/1.1\r\nHost: parley\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\ngms_user: greedy\r\n\r\n`,
    );
    // Masked text frames of `[]`, each of which is answered.
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x5b, 0x5d]);
    const before = residentMb();
    socket?.send(Buffer.concat(Array.from({ length: 50_000 }, () => frame)));
    for (let look = 0; look < 5; look += 1) await bystander.expectUnhurt();
    expect(residentMb() - before).toBeLessThan(MEMORY_MB);
  });
});

describe('who wants more than his share', () => {
  const refusal = (reply: HttpReply): readonly unknown[] => [
    reply.status,
    (reply.json() as { readonly exception?: string }).exception,
    Number(reply.headers['retry-after']) > 0,
  ];

  it('of messages is told to wait, and what he has said so far stands', async () => {
    const { id } = await startChat(client);
    const replies: HttpReply[] = [];
    for (let count = 0; count < 7; count += 1) {
      replies.push(await client.post(chatPath(id, 'send'), { form: { message: `words ${count}` } }));
    }
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    expect(refusal(replies[5]!)).toEqual([429, 'MESSAGE_RATE_EXCEEDED', true]);
    const whole = await client.post(chatPath(id, 'refresh'), { form: { transcriptPosition: '0' } });
    expect(whole.json()).toMatchObject({ transcriptPosition: '6' });
    // Reading and leaving are always possible.
    expect((await client.post(chatPath(id, 'disconnect'))).status).toBe(200);
    await bystander.expectQuietLog(['words', id], 2);
  });

  it('of messages by many requests at once gets no more than by one after the other', async () => {
    const { id } = await startChat(client);
    const form = { message: 'words' };
    const replies = await Promise.all(Array.from({ length: 40 }, () => client.post(chatPath(id, 'send'), { form })));
    expect(replies.filter(({ status }) => status === 200).length).toBe(5);
    // A burst may be turned away, too, before anything is looked at.
    expect(replies.filter(({ status }) => status === 429 || status === 503).length).toBe(35);
  });

  it('of clients loses the oldest, and of handshakes is refused for a while', async () => {
    const sessions = [];
    for (let count = 0; count < 4; count += 1) sessions.push(await CometdSession.connected(client, 'tabs'));
    const [oldest, ...newer] = sessions;
    expect((await oldest?.connectInVain({ holdMs: 0 }))?.at(-1)?.error).toBe('402::Unknown client');
    for (const session of newer) expect((await session.connectInVain({ holdMs: 0 })).at(-1)?.successful).toBe(true);
    const handshake = { channel: '/meta/handshake', version: '1.0' };
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push((await askBayeux(client, handshake, { user: 'tabs' }))[0]);
    expect(answers.map((answer) => answer?.successful)).toEqual([true, true, false, false]);
    expect(answers.at(-1)?.error).toMatch(/^403::/);
    // Others are not concerned.
    expect((await askBayeux(client, handshake, { user: 'somebody-else' }))[0]?.successful).toBe(true);
  });

  it('of held connects has the oldest answered', async () => {
    const sessions = await Promise.all([1, 2, 3].map(() => CometdSession.subscribed(client, 'holder')));
    const held = sessions.map((session) => {
      const reply = session.connectInVain();
      reply.catch(() => undefined);
      return reply;
    });
    await waitFor('the held connects of one user to be two', async () => (await heldConnects(gateway())) === 2);
    const [first] = await Promise.race(held);
    expect(first?.channel).toBe('/meta/connect');
    expect(await heldConnects(gateway())).toBe(2);
    await Promise.all(sessions.map((session) => session.disconnect()));
    await Promise.all(held);
  });

  it('of polls at once is answered all of them, and delays nobody', async () => {
    const { id } = await startChat(client);
    const polls = Array.from({ length: 60 }, () => client.post(chatPath(id, 'refresh')));
    await bystander.expectUnhurt();
    const statuses = new Set((await Promise.all(polls)).map(({ status }) => status));
    // A burst that is too much is turned away at once.
    for (const status of statuses) expect([200, 503]).toContain(status);
  });

  it('of handshakes from one address is put off, whoever he says he is', async () => {
    const handshake = { channel: '/meta/handshake', version: '1.0' };
    const ask = (count: number) =>
      askBayeux(client, handshake, { user: `swarm-${count}` }).then(([reply]) => reply?.successful === true);
    const answers = await Promise.all(Array.from({ length: 120 }, (_, count) => ask(count)));
    expect(answers.filter((isMade) => isMade).length).toBeLessThanOrEqual(80);
  });

  it('of chats is refused one more', async () => {
    const headers = userHeader('chatty');
    const start = async (): Promise<HttpReply> => {
      const id = await createService(client, { headers });
      return client.post(chatPath(id), { form: { notify_by: 'comet' }, headers });
    };
    expect([(await start()).status, (await start()).status]).toEqual([200, 200]);
    expect(refusal(await start())).toEqual([429, 'CHATS_EXCEEDED', true]);
  });

  it('of storage is refused one key more, and what is there stays', async () => {
    const id = await createService(client);
    const put = (key: string): Promise<HttpReply> => client.post(`${SERVICE}/${id}/storage`, { form: { [key]: 'x' } });
    for (const key of ['a', 'b', 'c', 'd', 'e']) expect((await put(key)).status).toBe(200);
    expect(refusal(await put('f'))).toEqual([413, 'STORAGE_FULL', true]);
    expect((await put('a')).status).toBe(200);
    expect(Object.keys((await client.get(`${SERVICE}/${id}/storage`)).json() as object)).toHaveLength(5);
  });

  it('of services is refused for a while, and others are not', async () => {
    const create = (address: string): Promise<HttpReply> =>
      client.post(`${SERVICE}/request-chat`, { headers: { 'x-forwarded-for': address } });
    const replies: HttpReply[] = [];
    while (replies.length < 220) {
      replies.push(...(await Promise.all(Array.from({ length: 10 }, () => create('192.0.2.7')))));
    }
    expect(replies.filter(({ status }) => status === 200).length).toBe(200);
    expect(refusal(replies.at(-1)!)).toEqual([429, 'SERVICES_RATE_EXCEEDED', true]);
    expect((await create('192.0.2.8')).status).toBe(200);
    // Names of others before his own are his invention.
    expect((await create('192.0.2.9, 192.0.2.7')).status).toBe(429);
  });
});
