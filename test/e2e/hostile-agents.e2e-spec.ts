import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chat, readFrom, startChat, textsOf } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { agentBodies, agentOperations, agentQueries, nobodys } from '../hostile/agent-requests.js';
import { request } from '../hostile/attack.js';
import { useBystander } from '../hostile/bystander.js';
import { NOTHING, TOO_LARGE } from '../hostile/statuses.js';
import { expectAllowed, expectDiscreet } from '../hostile/verdict.js';
import { tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { HttpClient, type HttpReply, type RequestOptions, sendRaw } from '../support/http.js';

/** Bad input at the internal listener: who is no agent does nothing, and agents no more than their role and chats allow. */
const folder = mkdtempSync(join(tmpdir(), 'parley-agents-'));
const { client, stack } = useStack({
  workers: 0,
  env: {
    DEMO_AGENT: '0',
    SERVICES_PER_10S: '1000000',
    AGENTS_FILE: writeAgentsFile(folder, [
      { id: 'kate', nickname: 'Kate' },
      { id: 'sam', nickname: 'Sam', role: 'supervisor' },
    ]),
  },
});
const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');

const as = (agent: string): Record<string, string> => ({ authorization: `Bearer ${tokenOf(agent)}` });
const ask = (method: string, path: string, id: string, options: RequestOptions): Promise<HttpReply> =>
  internal.request(method, path.replace('{id}', id), options);

/** A chat in which Sam takes part, and Kate does not. */
const samsChat = async (): Promise<Chat> => {
  const chat = await startChat(client);
  const joined = await internal.post(`/agent/v1/chats/${chat.id}/join`, { headers: as('sam') });
  expect(joined.status).toBe(200);
  return chat;
};

const expectUntouched = async (chat: Chat, texts: readonly string[] = []): Promise<void> => {
  const { state, events } = await readFrom(client, chat, 0);
  expect([state, textsOf(events)]).toEqual(['TRANSCRIPT', texts]);
  expect(events.length).toBe(1 + texts.length);
};

beforeAll(async () => {
  for (const agent of ['kate', 'sam']) await internal.post('/agent/v1/me/sign-in', { headers: as(agent) });
});
beforeEach(async () => {
  await bystander.newLines();
});
afterAll(() => {
  internal.close();
  rmSync(folder, { recursive: true });
});

const named = agentOperations.map(({ method, path }) => [`${method} ${path}`, method, path] as const);

describe('somebody who is no agent', () => {
  it.each(named)('is refused %s without a token, and with that of nobody', async (_name, method, path) => {
    const chat = await samsChat();
    for (const headers of [{}, { authorization: `Bearer ${tokenOf('nobody')}` }]) {
      const reply = await ask(method, path, chat.id, { headers });
      expect([reply.status, reply.headers['www-authenticate']]).toEqual([401, 'Bearer']);
      expectDiscreet(reply.text);
    }
    await expectUntouched(chat);
    await bystander.expectUnhurt();
    await bystander.expectQuietLog([tokenOf('nobody')], 2);
  });

  it.each(nobodys)('is refused with the authorization %j', async (authorization) => {
    const reply = await internal.get('/agent/v1/me', { headers: { authorization } }).catch(() => undefined);
    // Node itself sends no header with a control character.
    expect(reply?.status ?? 401).toBe(401);
    expectDiscreet(reply?.text ?? '');
    await bystander.expectUnhurt();
    await bystander.expectQuietLog(authorization.length > 20 ? [authorization.slice(7)] : []);
  });

  it.each(nobodys)('is refused at the Bayeux endpoint with %j', async (authorization) => {
    const options = { json: { channel: '/meta/handshake', version: '1.0' }, headers: { authorization } };
    const reply = await internal.post('/agent/v1/cometd', options).catch(() => undefined);
    expect(reply?.status ?? 401).toBe(401);
    await bystander.expectQuietLog();
  });
});

describe('an agent', () => {
  const OF_A_CHAT = named.filter(([, , path]) => path.includes('{id}'));

  const BODIES: Readonly<Record<string, unknown>> = {
    ...{
      messages: { text: 'x' },
      notices: { text: 'x' },
      whisper: { text: 'x' },
      'push-url': { url: 'http://a.example' },
    },
    ...{ typing: { typing: true }, accept: { token: 'x' }, reject: { token: 'x' }, disposition: { code: 'x' } },
  };
  const bodyOf = (path: string): unknown => BODIES[path.split('/').at(-1) ?? ''];

  it.each(OF_A_CHAT)('has no %s of a chat of others', async (_name, method, path) => {
    const chat = await samsChat();
    const body = bodyOf(path);
    const reply = await ask(method, path, chat.id, {
      headers: as('kate'),
      ...(body === undefined ? {} : { json: body }),
    });
    // What says nothing new is answered as if done: leaving where he is not, cancelling what nobody asked for.
    const isNothing = reply.status === 200 && /leave|cancel|reject/.test(path);
    if (!isNothing) expect([403, 404, 409, 503]).toContain(reply.status);
    expectDiscreet(reply.text);
    expect(reply.text).not.toContain('VasyaP');
    await expectUntouched(chat);
    await bystander.expectQuietLog([chat.id]);
  });

  it.each(OF_A_CHAT)('has no %s of a chat that there is not', async (_name, method, path) => {
    for (const id of [randomUUID(), 'p1:*', '..%2f..%2fme', '%00', 'x'.repeat(5_000), '__proto__']) {
      const body = bodyOf(path);
      const reply = await ask(method, path, id, { headers: as('sam'), ...(body === undefined ? {} : { json: body }) });
      expect([404, 409]).toContain(reply.status);
      expectDiscreet(reply.text);
    }
    await bystander.expectUnhurt();
  });

  it.each(named.filter(([, , path]) => path.includes('supervision')))('has no %s', async (_name, method, path) => {
    const reply = await ask(method, path, '', { headers: as('kate') });
    expect([reply.status, reply.json()]).toEqual([403, expect.objectContaining({ exception: 'FORBIDDEN' })]);
  });

  it.each(agentBodies.map((row) => [row.name, row] as const))('who sends %s is refused', async (_name, row) => {
    const { path, body, type = 'application/json', allowed, text } = row;
    const chat = await samsChat();
    const headers = { ...as('sam'), 'Content-Type': type };
    const reply = await ask('POST', `/agent/v1/chats/{id}/${path}`, chat.id, { body, headers });
    expect({ status: reply.status, isAllowed: allowed.includes(reply.status) }).toEqual({
      status: reply.status,
      isAllowed: true,
    });
    expectDiscreet(reply.text);
    await expectUntouched(chat, text === undefined ? [] : [text]);
    await bystander.expectUnhurt();
    await bystander.expectQuietLog([chat.id]);
  });

  it.each(agentQueries)('who asks for %.60s is refused', async (query) => {
    const { id } = await samsChat();
    const path = query.startsWith('?') ? `/agent/v1/chats/{id}${query}` : `/agent/v1/chats/{id}/${query}`;
    const reply = await ask('GET', path, id, { headers: as('sam') });
    expect(reply.status).toBe(415);
    expectDiscreet(reply.text);
  });

  it.each(['a b', 'ä', 'x'.repeat(129)])('is refused with the key %.20j', async (key) => {
    const chat = await samsChat();
    const headers = { ...as('sam'), 'idempotency-key': Buffer.from(key).toString('latin1') };
    const reply = await ask('POST', '/agent/v1/chats/{id}/messages', chat.id, { json: { text: 'x' }, headers });
    expect(reply.status).toBe(415);
    await expectUntouched(chat);
  });

  it('who sends 5 MB is refused', async () => {
    const chat = await samsChat();
    const line = request(`POST /agent/v1/chats/${chat.id}/messages`, JSON.stringify({ text: 'x'.repeat(5_000_000) }), {
      ...as('sam'),
      'Content-Type': 'application/json',
    });
    const reply = await sendRaw(internal.url, line(chat));
    expectAllowed(reply, { allowed: [TOO_LARGE, NOTHING] });
    await expectUntouched(chat);
    await bystander.expectUnhurt();
  });

  it('has no Bayeux client of another one', async () => {
    const handshake = { channel: '/meta/handshake', version: '1.0' };
    const [made] = (await internal.post('/agent/v1/cometd', { json: handshake, headers: as('sam') })).json() as {
      readonly clientId: string;
    }[];
    for (const channel of ['/meta/connect', '/meta/subscribe', '/meta/disconnect']) {
      const message = { channel, clientId: made?.clientId, connectionType: 'long-polling', subscription: '/_genesys' };
      const reply = await internal.post('/agent/v1/cometd', { json: message, headers: as('kate') });
      expect(reply.json()).toMatchObject([{ successful: false, error: '402::Unknown client' }]);
    }
  });

  it('of the public listener is none', async () => {
    for (const { method, path } of agentOperations) {
      const reply = await client.request(method, path.replace('{id}', bystander.id), { headers: as('sam') });
      expect(reply.status).toBe(404);
    }
  });
});
