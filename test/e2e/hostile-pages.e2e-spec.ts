import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMETD } from '../conformance/cometd-session.js';
import { upgradeStatus } from '../conformance/cometd-websocket.js';
import { chatPath, createService, readFrom, SERVICE, startChat, textsOf } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { useBystander } from '../hostile/bystander.js';
import { FOREIGN, type ForeignRequest, SIMPLE_TYPES, WELCOME } from '../hostile/cross-site.js';
import { tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { HttpClient, type HttpReply, type RequestOptions, sendRaw } from '../support/http.js';

/** What pages of strangers, and browsers that are led astray, can make of us: headers that all answers have, and refusals. */
const folder = mkdtempSync(join(tmpdir(), 'parley-pages-'));
const { client, stack } = useStack({
  workers: 0,
  env: { DEMO_AGENT: '0', AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate' }]) },
});
const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');

beforeEach(async () => {
  await bystander.newLines();
});

afterAll(() => {
  internal.close();
  rmSync(folder, { recursive: true });
});

const KATE = { authorization: `Bearer ${tokenOf('kate')}` };
const HANDSHAKE = { channel: '/meta/handshake', version: '1.0' };

const rows = (list: readonly ForeignRequest[]) => list.map((row) => [row.name, row.headers] as const);

describe('a state-changing request of a page of strangers', () => {
  const CHANGES: readonly (readonly [string, (id: string) => readonly [string, string], RequestOptions])[] = [
    ['creation', () => ['POST', `${SERVICE}/request-chat`], {}],
    ['ixn/chat', (id) => ['POST', chatPath(id)], { form: { firstName: 'Mallory' } }],
    ['send', (id) => ['POST', chatPath(id, 'send')], { form: { message: 'forged' } }],
    ['refresh with a message', (id) => ['POST', chatPath(id, 'refresh')], { form: { message: 'forged' } }],
    ['disconnect', (id) => ['POST', chatPath(id, 'disconnect')], {}],
    ['storage', (id) => ['POST', `${SERVICE}/${id}/storage`], { form: { a: 'forged' } }],
    ['DELETE of the storage', (id) => ['DELETE', `${SERVICE}/${id}/storage`], {}],
    ['DELETE', (id) => ['DELETE', `${SERVICE}/${id}`], {}],
    ['Bayeux', () => ['POST', COMETD], { json: HANDSHAKE }],
  ];

  describe.each(CHANGES)('%s', (_name, lineOf, options) => {
    it.each(rows(FOREIGN))('from %s is refused and changes nothing', async (_page, headers) => {
      const chat = await startChat(client);
      const [method, path] = lineOf(chat.id);
      const reply = await client.request(method, path, { ...options, headers: { ...headers, gms_user: 'ann' } });
      expect([reply.status, reply.json()]).toEqual([403, expect.objectContaining({ exception: 'CROSS_SITE' })]);
      expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
      const { events, state } = await readFrom(client, chat, 0);
      expect([state, textsOf(events)]).toEqual(['TRANSCRIPT', []]);
      await bystander.expectUnhurt();
      await bystander.expectQuietLog(['forged', chat.id]);
    });

    it.each(rows(WELCOME))('from %s goes unnoticed', async (_page, headers) => {
      const chat = await startChat(client);
      const [method, path] = lineOf(chat.id);
      const host = headers['Origin'] === 'http://parley' ? { Host: 'parley' } : {};
      const reply = await client.request(method, path, {
        ...options,
        headers: { ...headers, ...host, gms_user: 'ann' },
      });
      expect(reply.status).toBe(200);
    });
  });

  it.each(SIMPLE_TYPES)('as %s, which needs no preflight, is refused', async (type) => {
    const { id } = await startChat(client);
    const headers = { 'Content-Type': type, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const reply = await client.post(chatPath(id, 'send'), { body: 'message=forged', headers });
    expect(reply.status).toBe(403);
  });

  it.each(rows(FOREIGN))('from %s opens no websocket', async (_page, headers) => {
    const origin = headers['Origin'];
    // Without an origin it is no browser's websocket.
    const status = await upgradeStatus(client.url, { user: 'ann', headers });
    expect([101, 403]).toContain(status);
    if (origin !== undefined) expect(status).toBe(403);
  });

  it.each(rows(FOREIGN))('from %s is refused at the internal listener, with a token, too', async (_page, headers) => {
    const reply = await internal.post('/agent/v1/me/sign-in', { headers: { ...KATE, ...headers } });
    expect([reply.status, reply.json()]).toEqual([403, expect.objectContaining({ exception: 'CROSS_SITE' })]);
    const bayeux = await internal.post('/agent/v1/cometd', { json: HANDSHAKE, headers: { ...KATE, ...headers } });
    expect(bayeux.status).toBe(403);
  });
});

describe('every answer', () => {
  const GOOD: readonly (readonly [string, string, number])[] = [
    ['POST', `${SERVICE}/request-chat`, 200],
    ['GET', `${SERVICE}/request-chat`, 200],
    ['POST', `${SERVICE}/no-such-service`, 404],
    ['PUT', `${SERVICE}/request-chat`, 405],
    ['POST', `${SERVICE}/{id}/ixn/chat/refresh`, 503],
    ['GET', `${SERVICE}/{id}/storage`, 200],
    ['GET', `${SERVICE}/{id}/storage/a`, 404],
    ['POST', `${SERVICE}/{id}/ixn/chat/send?message=%ff`, 400],
    ['POST', `${SERVICE}/{id}/ixn/chat/send`, 415],
    ['POST', `${SERVICE}/{id}/ixn/chat/send?${'a=b&'.repeat(70)}`, 413],
    ['GET', '/nowhere', 404],
    ['GET', '/%zz', 404],
    ['GET', `/genesys/1/service/${'x'.repeat(9_000)}`, 404],
    ['GET', '/', 302],
    ['GET', '/demo', 200],
    ['GET', '/demo/nothing.js', 404],
    ['GET', '/genesys/1/dialogs/waiting_for_agent.html', 200],
    ['GET', '/genesys/1/dialogs/nothing.html', 404],
    ['OPTIONS', `${SERVICE}/request-chat`, 204],
  ];
  const INSIDE: readonly (readonly [string, string, number])[] = [
    ['GET', '/healthz', 200],
    ['GET', '/readyz', 200],
    ['GET', '/metrics', 200],
    ['GET', '/', 302],
    ['GET', '/desk', 200],
    ['GET', '/desk/config.json', 200],
    ['GET', '/desk/nothing.js', 404],
    ['GET', '/docs', 200],
    ['GET', '/openapi.json', 200],
    ['GET', '/asyncapi.json', 200],
    ['GET', '/agent/v1/me', 401],
    ['POST', '/agent/v1/chats/x/messages', 401],
    ['GET', '/nowhere', 404],
    ['GET', '/%zz', 404],
    ['GET', '/genesys/1/admin/node/status', 200],
    ['POST', `${SERVICE}/{id}/internal-poke`, 503],
  ];

  const ask = async (via: HttpClient, method: string, path: string): Promise<HttpReply> => {
    const id = await createService(client);
    return via.request(method, path.replace('{id}', id));
  };

  const expectGuarded = ({ headers, status }: HttpReply): void => {
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toMatch(/^(no-referrer|same-origin)$/);
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('server');
    expect(headers).not.toHaveProperty('set-cookie');
    const isPage = headers['content-type']?.startsWith('text/html') === true && status < 300;
    if (!isPage) return;
    // No page of strangers shows it in a frame, and no script runs that did not come from here.
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/frame-ancestors/);
    expect(policy).toMatch(/default-src 'none'/);
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*(unsafe-inline|\*)/);
  };

  const named = (list: readonly (readonly [method: string, path: string, status: number])[]) =>
    list.map((row) => [`${row[0]} ${row[1].slice(0, 50)} (${row[2]})`, ...row] as const);

  it.each(named(GOOD))(
    'of the public listener to %s says how a browser may take it',
    async (_name, ...[method, path, status]) => {
      const reply = await ask(client, method, path);
      expect(reply.status).toBe(status);
      expectGuarded(reply);
    },
  );

  it.each(named(INSIDE))('of the internal listener to %s does, too', async (_name, ...[method, path, status]) => {
    const reply = await ask(internal, method, path);
    expect(reply.status).toBe(status);
    expectGuarded(reply);
  });

  // These do not yet: whoever mends one is told by its row.
  it.failing.each(
    named([
      ['GET', COMETD, 400],
      ['PUT', COMETD, 405],
      ['POST', COMETD, 400],
    ]),
  )('of the Bayeux endpoint to %s does, too', async (_name, ...[method, path, status]) => {
    const reply = await ask(client, method, path);
    expect(reply.status).toBe(status);
    expectGuarded(reply);
  });

  it.failing.each(
    named([
      ['GET', '/agent/v1/cometd', 401],
      ['POST', '/agent/v1/cometd', 401],
    ]),
  )('of that of agents to %s does, too', async (_name, ...[method, path, status]) => {
    const reply = await ask(internal, method, path);
    expect(reply.status).toBe(status);
    expectGuarded(reply);
  });

  const TOO_LONG = `GET / HTTP/1.1\r\nHost: parley\r\nX-Any: ${'x'.repeat(40_000)}\r\n\r\n`;
  it.failing.each([
    ['public', 'what is no HTTP', 'nonsense\r\n\r\n', 400],
    ['internal', 'what is no HTTP', 'nonsense\r\n\r\n', 400],
    ['public', 'headers that are too long', TOO_LONG, 431],
    ['internal', 'headers that are too long', TOO_LONG, 431],
  ] as const)('of the %s listener to %s does, too', async (listener, _what, bytes, status) => {
    const { url } = listener === 'public' ? client : internal;
    const { statuses, text } = await sendRaw(url, bytes);
    expect(statuses).toEqual([status]);
    expect(text).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(text).toMatch(/^referrer-policy: no-referrer\r$/im);
  });

  it('with a message of a customer is never one that a browser would run', async () => {
    const id = await createService(client);
    const html = '<script>alert(1)</script>';
    await client.post(`${SERVICE}/${id}/storage`, { form: { 'x.html': html } });
    const reply = await client.get(`${SERVICE}/${id}/storage/x.html`, { headers: { accept: 'text/html' } });
    expect([reply.text, reply.headers['content-type']]).toEqual([html, 'text/plain;charset=UTF-8']);
    expectGuarded(reply);
  });
});
