import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeAgentsFile } from '../support/agents-file.js';
import { ApiAgent } from '../support/api-agent.js';
import { HttpClient, type HttpReply } from '../support/http.js';
import { POKE_ENABLED, servicesWith } from '../support/services-folder.js';
import { type Chat, chatBody, chatPath, createService, SERVICE } from './customer.js';
import { useStack } from './running-stack.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-poke-'));

const env = {
  DEMO_AGENT: '0',
  AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate', capacity: 50 }]),
  SERVICES_DIR: servicesWith(folder, POKE_ENABLED),
};
const DEVICE = { _device_os: 'ios', _device_notification_id: 'f00d' };

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const start = async (client: HttpClient, id: string, form: Readonly<Record<string, string>> = {}): Promise<Chat> => {
  const body = chatBody(await client.post(chatPath(id), { form: { firstName: 'Vasya', ...form } }));
  return { id, sessionId: body.chatSessionId };
};

const poke = (client: HttpClient, id: string, form: Readonly<Record<string, string>> = {}): Promise<HttpReply> =>
  client.post(`${SERVICE}/${id}/internal-poke`, { form: { _verbose: 'true', ...form } });

describe('internal-poke', () => {
  const { stack, client } = useStack({ env });
  const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
  const kate = new ApiAgent('kate', internal);

  beforeAll(() => kate.ready());
  afterAll(() => {
    internal.close();
  });

  /** A service with a device and an agent in its chat. */
  const talking = async (): Promise<Chat> => {
    const chat = await start(client, await createService(client, { form: DEVICE }));
    await kate.accept(chat.id);
    return chat;
  };

  it.each(['the public', 'the internal'])('is answered OK by %s listener once it is kept', async (listener) => {
    const chat = await talking();
    const reply = await poke(listener === 'the public' ? client : internal, chat.id, { poke_message: 'come back' });
    expect([reply.status, reply.text]).toEqual([200, 'OK']);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    expect(reply.headers.pragma).toBe('no-cache');
    await kate.until(chat.id, 'PokeRequested', ({ text }) => text === 'come back');
  });

  it('has no body and is 503 where it is not possible', async () => {
    const refused = async (id: string): Promise<void> => {
      const reply = await poke(client, id);
      expect([reply.status, reply.text]).toEqual([503, '']);
    };
    // Before the chat, before an agent, without a device, after the end.
    const early = await createService(client, { form: DEVICE });
    await refused(early);
    await kate.post('/me/not-ready', { reason: 'break' });
    const chat = await start(client, early);
    await refused(chat.id);
    await kate.post('/me/ready');
    await kate.accept(chat.id);
    expect((await poke(client, chat.id)).status).toBe(200);
    await kate.post(`/chats/${chat.id}/end`);
    await refused(chat.id);
    const plain = await start(client, await createService(client));
    await kate.accept(plain.id);
    await refused(plain.id);
    const viaDesk = await kate.call('POST', `/chats/${plain.id}/poke`, {});
    expect([viaDesk.status, viaDesk.text]).toEqual([503, '']);
  });

  it('is 404 for a service that is not there', async () => {
    for (const id of ['nobody', '00000000-0000-4000-8000-000000000000']) {
      expect((await poke(client, id)).status).toBe(404);
    }
  });

  it('is one poke, however often it is sent with the same key', async () => {
    const chat = await talking();
    const headers = { 'idempotency-key': 'p1' };
    for (const _ of [1, 2]) {
      const reply = await client.post(`${SERVICE}/${chat.id}/internal-poke`, { headers, form: {} });
      expect(reply.text).toBe('OK');
    }
    const { events } = await kate.get<{ readonly events: readonly { readonly type: string }[] }>(
      `/chats/${chat.id}/events`,
    );
    expect(events.filter(({ type }) => type === 'PokeRequested')).toHaveLength(1);
  });

  it('is what poke_url among the attached data is for; customers cannot say another', async () => {
    const service = await createService(client, { form: DEVICE });
    const chat = await start(client, service, { poke_url: 'https://evil.example/' });
    await kate.accept(chat.id);
    const { attachedData } = await kate.get<{ readonly attachedData: Readonly<Record<string, string>> }>(
      `/chats/${chat.id}`,
    );
    const url = new URL(attachedData['poke_url'] ?? '');
    expect(url.pathname).toBe(`${SERVICE}/${chat.id}/internal-poke`);
    expect(url.searchParams.get('token')).toMatch(/^[\w-]{22}$/);
    const plain = await start(client, await createService(client), { poke_url: 'https://evil.example/' });
    await kate.accept(plain.id);
    const other = await kate.get<{ readonly attachedData: object }>(`/chats/${plain.id}`);
    expect(other.attachedData).not.toHaveProperty('poke_url');
  });
});

describe('internal-poke from a stranger', () => {
  const { stack, client } = useStack({ env: { ...env, POKE_NETWORKS: '192.0.2.0/24' } });
  const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
  const kate = new ApiAgent('kate', internal);

  beforeAll(() => kate.ready());
  afterAll(() => {
    internal.close();
  });

  it('is 404 as for an unknown service, but with the token of that very service', async () => {
    const tokens: string[] = [];
    const chats: Chat[] = [];
    for (const _ of [1, 2]) {
      const chat = await start(client, await createService(client, { form: DEVICE }));
      await kate.accept(chat.id);
      const { attachedData } = await kate.get<{ readonly attachedData: Readonly<Record<string, string>> }>(
        `/chats/${chat.id}`,
      );
      chats.push(chat);
      tokens.push(new URL(attachedData['poke_url'] ?? '').searchParams.get('token') ?? '');
    }
    const [{ id } = { id: '' }] = chats;
    const [own = '', others = ''] = tokens;
    const unknown = await poke(client, '00000000-0000-4000-8000-000000000000');
    for (const token of ['', others, `${own}x`, own.slice(1), own.toUpperCase()]) {
      const reply = await poke(client, id, token === '' ? {} : { token });
      expect([reply.status, reply.text]).toEqual([404, unknown.text]);
    }
    const byUrl = await client.post(`${SERVICE}/${id}/internal-poke?token=${own}`, { form: { poke_message: 'hi' } });
    expect([byUrl.status, byUrl.text]).toEqual([200, 'OK']);
    expect((await poke(internal, id)).text).toBe('OK');
    expect(stack().gateways[0]?.logs()).not.toContain(own);
  });
});
