import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chat, chatPath, readFrom, SERVICE, startChat, textsOf } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { type AgentEntry, tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { ApiAgent } from '../support/api-agent.js';
import { HttpClient, type HttpReply, waitFor } from '../support/http.js';

const AGENTS: readonly AgentEntry[] = [
  { id: 'kate', nickname: 'Kate', skills: { sales: 2 }, capacity: 2 },
  { id: 'bob', nickname: 'Bob', capacity: 1 },
  { id: 'ann', nickname: 'Ann' },
  { id: 'boss', nickname: 'Boss', role: 'supervisor' },
];

const folder = mkdtempSync(join(tmpdir(), 'parley-agents-'));
const { stack, client, clients } = useStack({
  gateways: 2,
  env: { DEMO_AGENT: '0', AGENTS_FILE: writeAgentsFile(folder, AGENTS) },
});
const internal = [0, 1].map((index) => new HttpClient(() => stack().gateways[index]?.internalUrl ?? ''));
const agent = (id: string, gateway = 0): ApiAgent => new ApiAgent(id, internal[gateway] ?? client);

afterAll(() => {
  for (const each of internal) each.close();
  rmSync(folder, { recursive: true });
});

interface ChatJson {
  readonly state: string;
  readonly lastId: string;
  readonly participants: readonly { readonly agentId: string }[];
}

const say = (chat: Chat, message: string, gateway: 0 | 1 = 0): Promise<HttpReply> =>
  clients[gateway].post(chatPath(chat.id, 'send'), { form: { message } });

/** What the customer was told by agents. */
const heard = async (chat: Chat): Promise<readonly string[]> => textsOf((await readFrom(client, chat, 1)).events);

/** The one agent who takes chats now. */
const alone = async (id: string, gateway = 0): Promise<ApiAgent> => {
  const one = agent(id, gateway);
  await one.ready();
  return one;
};

const rest = async (...agents: readonly ApiAgent[]): Promise<void> => {
  for (const each of agents) await each.post('/me/not-ready', { reason: 'break' });
};

const over = async (one: ApiAgent, chat: Pick<Chat, 'id'>): Promise<void> => {
  await one.post(`/chats/${chat.id}/end`);
  await waitFor('the chat to be let go', async () => {
    const { chats } = await one.get<{ readonly chats: readonly string[] }>('/me');
    return !chats.includes(chat.id);
  });
};

describe('an agent', () => {
  it('talks to a customer, from the offer to the disposition', async () => {
    const kate = await alone('kate');
    const chat = await startChat(client, { form: { firstName: 'Vasya', lastName: 'Pupkin', color: 'red' } });
    await kate.accept(chat.id);
    await kate.until(chat.id, 'ParticipantJoined');
    expect(await kate.get(`/chats/${chat.id}`)).toMatchObject({
      state: 'live',
      nickname: 'VasyaP',
      attachedData: { color: 'red' },
      participants: [{ agentId: 'kate', nickname: 'Kate' }],
    });
    await say(chat, 'hello', 1);
    await kate.until(chat.id, 'MessageSent', ({ text }) => text === 'hello');
    await kate.post(`/chats/${chat.id}/typing`, { typing: true });
    expect(await kate.post(`/chats/${chat.id}/messages`, { text: 'good day' })).toEqual({ id: '5-0', position: 5 });
    await kate.post(`/chats/${chat.id}/push-url`, { url: 'https://help.example/' });
    await kate.post(`/chats/${chat.id}/notices`, { text: 'looking it up' });
    const { events } = await readFrom(client, chat, 3);
    expect(events.map(([type, , text]) => [type, text])).toEqual([
      ['Notice.TypingStarted', 'is typing'],
      ['Message.Text', 'good day'],
      ['Notice.PushUrl', 'https://help.example/'],
      ['Notice.Custom', 'looking it up'],
    ]);
    await over(kate, chat);
    await kate.post(`/chats/${chat.id}/disposition`, { code: 'resolved', note: 'friendly' });
    await kate.until(chat.id, 'ChatEnded');
    expect(await kate.get(`/chats/${chat.id}`)).toMatchObject({
      state: 'ended',
      endReason: 'agent',
      disposition: { agentId: 'kate', code: 'resolved', note: 'friendly' },
    });
    // Nothing twice, nothing missed, in order.
    const pushed = kate.of(chat.id).map(({ id }) => id);
    const page = await kate.get<{ readonly events: readonly { readonly id: string }[] }>(`/chats/${chat.id}/events`);
    expect(page.events.map(({ id }) => id).slice(0, pushed.length)).toEqual(pushed);
    await rest(kate);
  });

  it('says a thing once, however often he sends it', async () => {
    const kate = await alone('kate');
    const chat = await startChat(client);
    await kate.accept(chat.id);
    const headers = { 'idempotency-key': 'once' };
    const other = agent('kate', 1);
    const replies = [
      await kate.call('POST', `/chats/${chat.id}/messages`, { text: 'once' }, headers),
      await other.call('POST', `/chats/${chat.id}/messages`, { text: 'once' }, headers),
    ];
    expect(replies.map(({ text }) => text)).toEqual([replies[0]?.text, replies[0]?.text]);
    expect(await heard(chat)).toEqual(['once']);
    await over(kate, chat);
    await rest(kate);
  });

  it('refuses an offer, and another one is asked', async () => {
    const kate = await alone('kate');
    const chat = await startChat(client);
    const token = await kate.offerOf(chat.id);
    const bob = await alone('bob');
    await kate.post(`/chats/${chat.id}/reject`, { token });
    await bob.accept(chat.id);
    const late = await kate.call('POST', `/chats/${chat.id}/accept`, { token });
    expect(late.json()).toMatchObject({ exception: 'OFFER_GONE' });
    await over(bob, chat);
    await rest(kate, bob);
  });

  it('hands a chat over, or asks somebody in, or thinks better of it', async () => {
    const kate = await alone('kate');
    const chat = await startChat(client);
    await kate.accept(chat.id);
    const bob = agent('bob');
    await bob.ready();
    await kate.post(`/chats/${chat.id}/conference`, { agentId: 'bob' });
    await bob.accept(chat.id);
    await bob.post(`/chats/${chat.id}/leave`);
    await kate.post(`/chats/${chat.id}/transfer`, { skills: { juggling: 100 } });
    const busy = await kate.call('POST', `/chats/${chat.id}/transfer`, { agentId: 'bob' });
    expect(busy.json()).toMatchObject({ exception: 'ROUTING_BUSY' });
    await kate.post(`/chats/${chat.id}/cancel-routing`);
    await kate.post(`/chats/${chat.id}/transfer`, { agentId: 'bob' });
    await bob.accept(chat.id);
    await kate.until('@kate', 'ChatReleased');
    // He is out of it, and hears no more.
    await bob.post(`/chats/${chat.id}/messages`, { text: 'now it is me' });
    await bob.until(chat.id, 'MessageSent');
    await kate.connect(200);
    expect(kate.of(chat.id).filter(({ type }) => type === 'MessageSent')).toEqual([]);
    const refused = await kate.call('POST', `/chats/${chat.id}/messages`, { text: 'me too' });
    expect(refused.json()).toMatchObject({ exception: 'NOT_A_PARTICIPANT' });
    await over(bob, chat);
    await rest(kate, bob);
  });

  it('sees the earlier chats of the customer to whom he talks, and no others', async () => {
    const kate = await alone('kate');
    const headers = { gms_user: 'regular' };
    const first = await startChat(client, { headers });
    await kate.accept(first.id);
    await over(kate, first);
    await rest(kate);
    const bob = await alone('bob');
    const denied = await bob.call('GET', `/chats/${first.id}`);
    expect([denied.status, denied.json()]).toEqual([403, expect.objectContaining({ exception: 'FORBIDDEN' })]);
    const second = await startChat(client, { headers });
    await bob.accept(second.id);
    const { chats } = await waitFor('the history', async () => {
      const history = await bob.get<{ readonly chats: readonly { readonly serviceId: string }[] }>(
        `/chats/${second.id}/history`,
      );
      return history.chats.length > 0 ? history : undefined;
    });
    expect(chats.map(({ serviceId }) => serviceId)).toEqual([first.id]);
    expect((await bob.call('GET', `/chats/${first.id}/events`)).status).toBe(200);
    await over(bob, second);
    await rest(bob);
  });

  it('goes on at another gateway, where he left', async () => {
    const kate = await alone('kate');
    const chat = await startChat(client);
    await kate.accept(chat.id);
    await say(chat, 'one');
    await kate.until(chat.id, 'MessageSent');
    const elsewhere = new ApiAgent('kate', internal[1] ?? client);
    await elsewhere.listen();
    await say(chat, 'two');
    await elsewhere.until(chat.id, 'MessageSent', ({ text }) => text === 'two');
    await over(elsewhere, chat);
    await rest(kate);
  });

  it('cannot take more than he has room for', async () => {
    const bob = await alone('bob');
    const chat = await startChat(client);
    await bob.accept(chat.id);
    const kate = await alone('kate');
    const second = await startChat(client);
    await kate.accept(second.id);
    await rest(kate);
    await kate.post(`/chats/${second.id}/transfer`, { agentId: 'bob' });
    expect(bob.of('@bob').filter(({ type, serviceId }) => type === 'ChatOffered' && serviceId === second.id)).toEqual(
      [],
    );
    const forced = await bob.call('POST', `/chats/${second.id}/accept`, { token: 'made-up' });
    expect([forced.status, forced.json()]).toEqual([409, expect.objectContaining({ exception: 'AGENT_AT_CAPACITY' })]);
    await over(bob, chat);
    await over(kate, second);
    await rest(bob);
  });
});

describe('a supervisor', () => {
  it('watches, whispers, joins, and looks at any moment of a chat', async () => {
    const kate = await alone('kate');
    const boss = agent('boss');
    await boss.post('/me/sign-in');
    await boss.listen();
    const chat = await startChat(client);
    await kate.accept(chat.id);
    const { chats } = await boss.get<{ readonly chats: readonly { readonly serviceId: string }[] }>(
      '/supervision/chats',
    );
    expect(chats).toContainEqual(expect.objectContaining({ serviceId: chat.id, state: 'live' }));
    const { agents } = await boss.get<{ readonly agents: readonly object[] }>('/supervision/agents');
    expect(agents).toContainEqual(expect.objectContaining({ id: 'kate', presence: 'ready', chats: 1 }));
    await boss.get('/supervision/queues');
    const early = await boss.call('POST', `/chats/${chat.id}/whisper`, { text: 'x' });
    expect(early.json()).toMatchObject({ exception: 'NOT_A_PARTICIPANT' });
    expect((await boss.call('PUT', `/chats/${chat.id}/monitor`)).status).toBe(200);
    await say(chat, 'is anybody there?');
    await boss.until(chat.id, 'MessageSent');
    await boss.post(`/chats/${chat.id}/whisper`, { text: 'be kind' });
    await kate.until(chat.id, 'WhisperSent', ({ text }) => text === 'be kind');
    expect((await boss.call('DELETE', `/chats/${chat.id}/monitor`)).status).toBe(200);
    await boss.post(`/chats/${chat.id}/join`);
    await boss.post(`/chats/${chat.id}/messages`, { text: 'I am the boss' });
    expect(await heard(chat)).toEqual(['is anybody there?', 'I am the boss']);
    await boss.post(`/chats/${chat.id}/leave`);
    const whole = await boss.get<{ readonly events: readonly { readonly id: string; readonly type: string }[] }>(
      `/chats/${chat.id}/events?all=true`,
    );
    expect(whole.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['ServiceRequested', 'WhisperSent']));
    const joined = whole.events.find(({ type }) => type === 'ParticipantJoined')?.id ?? '';
    const then = await boss.get<ChatJson>(`/chats/${chat.id}?at=${joined}`);
    expect([then.lastId, then.participants.map(({ agentId }) => agentId)]).toEqual([joined, ['kate']]);
    expect(await boss.get(`/chats/${chat.id}?at=0-1`)).toMatchObject({ state: 'waiting', nickname: null });
    await over(kate, chat);
    await rest(kate);
  });

  it('is no agent', async () => {
    const bob = agent('bob');
    for (const path of ['/supervision/chats', '/supervision/queues', '/supervision/agents']) {
      expect((await bob.call('GET', path)).json()).toMatchObject({ exception: 'FORBIDDEN' });
    }
    const chat = await startChat(client);
    for (const [method, path] of [
      ['PUT', 'monitor'],
      ['DELETE', 'monitor'],
      ['POST', 'join'],
    ] as const) {
      expect((await bob.call(method, `/chats/${chat.id}/${path}`)).json()).toMatchObject({ exception: 'FORBIDDEN' });
    }
    await client.delete(`${SERVICE}/${chat.id}`);
  });
});

describe('the door', () => {
  const anyone = (token: string): ApiAgent => new ApiAgent('anyone', internal[0] ?? client, token);

  it.each([
    ['a made-up token', 'made-up-token-of-some-length-0000', 'TOKEN_INVALID'],
    ['the token of a customer', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyIn0.', 'TOKEN_INVALID'],
    ['a token with more behind it', `${tokenOf('kate')}x`, 'TOKEN_INVALID'],
  ])('is closed to %s', async (_, token, exception) => {
    const reply = await anyone(token).call('GET', '/me');
    expect([reply.status, reply.json()]).toEqual([401, expect.objectContaining({ exception })]);
    expect(reply.headers['www-authenticate']).toBe('Bearer');
    expect(reply.text).not.toContain(token);
  });

  it('is closed without a token, to CometD too', async () => {
    const gateway = internal[0] ?? client;
    expect((await gateway.get('/agent/v1/me')).json()).toMatchObject({ exception: 'TOKEN_REQUIRED' });
    const handshake = { channel: '/meta/handshake', version: '1.0' };
    const reply = await gateway.post('/agent/v1/cometd', { json: handshake });
    expect([reply.status, reply.json()]).toEqual([401, expect.objectContaining({ exception: 'TOKEN_REQUIRED' })]);
  });

  it('is not on the public listener', async () => {
    const headers = { authorization: `Bearer ${tokenOf('kate')}` };
    for (const path of ['/agent/v1/me', '/agent/v1/cometd', '/desk', '/docs', '/openapi.json', '/metrics']) {
      expect((await client.get(path, { headers })).status).toBe(404);
    }
  });

  it('says what is wrong with a command, by name', async () => {
    const kate = agent('kate');
    await kate.post('/me/sign-in');
    const chat = await startChat(client);
    const wrong: readonly (readonly [path: string, body: unknown, message: RegExp])[] = [
      ['messages', {}, /^text: expected a text/],
      ['messages', { text: 'x'.repeat(4_097) }, /^text: expected at most 4096 characters/],
      ['messages', { text: 'a\u0000b' }, /^text: expected a text that is not empty, without control characters/],
      ['messages', [], /^body: expected a JSON object/],
      ['typing', { typing: 'yes' }, /^typing: expected true or false/],
      ['push-url', { url: 'javascript:alert(1)' }, /^url: expected an absolute http or https URL/],
      ['transfer', { agentId: 'customer' }, /^agentId: expected the id of an agent/],
      ['transfer', { skills: { sales: 101 } }, /^skills: expected at most 16 skills/],
      ['disposition', { code: '' }, /^code: expected a text/],
    ];
    for (const [path, body, message] of wrong) {
      const reply = await kate.call('POST', `/chats/${chat.id}/${path}`, body);
      expect([reply.status, (reply.json() as { message: string }).message]).toEqual([
        415,
        expect.stringMatching(message),
      ]);
    }
    expect((await kate.call('GET', `/chats/${chat.id}/events?limit=0`)).status).toBe(415);
    expect((await kate.call('GET', `/chats/${chat.id}/events?after=x`)).status).toBe(415);
    expect((await kate.call('GET', '/chats/nobody')).status).toBe(404);
    expect((await kate.call('POST', `/chats/${chat.id}/messages`, { text: 'hi' })).json()).toMatchObject({
      exception: 'NOT_A_PARTICIPANT',
    });
    await client.delete(`${SERVICE}/${chat.id}`);
  });
});

describe('the bare address of a listener', () => {
  it('leads to its page', async () => {
    const desk = await (internal[0] ?? client).get('/');
    expect([desk.status, desk.headers.location]).toEqual([302, '/desk']);
    const demo = await client.get('/');
    expect([demo.status, demo.headers.location]).toEqual([302, '/demo']);
  });
});

describe('the documents', () => {
  it('are served, with a page to browse them', async () => {
    const gateway = internal[0] ?? client;
    expect((await gateway.get('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
    expect((await gateway.get('/asyncapi.json')).json()).toMatchObject({ asyncapi: '3.0.0' });
    const page = await gateway.get('/docs');
    expect(page.headers['content-type']).toBe('text/html;charset=UTF-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    for (const [, path = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await gateway.get(path)).status).toBe(200);
    }
  });
});
