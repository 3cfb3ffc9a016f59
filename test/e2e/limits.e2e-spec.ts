import { chatBody, chatPath, createService, SERVICE, startChat } from '../conformance/customer.js';
import { HttpClient, type HttpReply, waitFor } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { type Stack, startStack } from '../support/stack.js';

const LIMITS = {
  ...{ SERVICES_PER_10S: '8', CHATS_PER_USER: '2', REQUESTS_IN_FLIGHT_MAX: '5', LOG_LEVEL: 'info' },
  ...{ CORS_ORIGINS: 'https://app.example.com', TRUSTED_PROXIES: '127.0.0.0/8' },
};

describe('limits', () => {
  let redis: TestRedis;
  let stack: Stack;
  let clients: readonly HttpClient[];

  beforeAll(async () => {
    redis = await startRedis();
    stack = await startStack({ gateways: 2, workers: 0, redisUrl: redis.url, env: LIMITS });
    clients = stack.gateways.map(({ url }) => new HttpClient(url));
  }, 60_000);

  afterAll(async () => {
    for (const client of clients) client.close();
    await stack.stop();
    await redis.stop();
  }, 60_000);

  /** As a proxy hands on who asks. */
  const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });
  const create = (index: number, address: string): Promise<HttpReply> =>
    clients[index % 2]!.post(`${SERVICE}/request-chat`, { headers: from(address) });

  it('count the services of an address over all gateways', async () => {
    for (let index = 0; index < 8; index += 1) expect((await create(index, '192.0.2.1')).status).toBe(200);
    const refused = await create(8, '192.0.2.1');
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    expect(refused.json()).toMatchObject({ exception: 'SERVICES_RATE_EXCEEDED' });
    expect((await create(9, '192.0.2.2')).status).toBe(200);
  });

  it('bound the chats of a user that go on at the same time, not those that are over', async () => {
    const [client] = clients as readonly [HttpClient];
    const headers = { gms_user: 'ann', ...from('192.0.2.3') };
    const start = async (): Promise<{ id: string; reply: HttpReply }> => {
      const id = await createService(client, { headers });
      return { id, reply: await client.post(chatPath(id), { form: { notify_by: 'comet' }, headers }) };
    };
    const first = await start();
    expect([first.reply.status, (await start()).reply.status]).toEqual([200, 200]);
    const third = await start();
    expect([third.reply.status, third.reply.headers['retry-after']]).toEqual([429, '60']);
    expect(third.reply.json()).toMatchObject({ exception: 'CHATS_EXCEEDED' });
    // Starting again what has begun is no further chat.
    expect((await client.post(chatPath(first.id), { form: { notify_by: 'comet' }, headers })).status).toBe(200);
    chatBody(await client.post(chatPath(first.id, 'disconnect'), { headers }));
    expect((await client.post(chatPath(third.id), { form: { notify_by: 'comet' }, headers })).status).toBe(200);
  });

  it('refuse what a page of a stranger makes a browser send, and notice no application', async () => {
    const [client] = clients as readonly [HttpClient];
    const { id } = await startChat(client, { headers: from('192.0.2.4'), form: {} });
    const send = (headers: Record<string, string>): Promise<HttpReply> =>
      client.post(chatPath(id, 'send'), { form: { message: 'hello' }, headers });
    const stranger = await send({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
    expect(stranger.status).toBe(403);
    expect(stranger.json()).toMatchObject({ exception: 'CROSS_SITE' });
    expect(stranger.headers['access-control-allow-origin']).toBeUndefined();
    const bayeux = await client.post('/genesys/cometd', {
      body: '[{"channel":"/meta/handshake","version":"1.0"}]',
      headers: { 'content-type': 'text/plain', origin: 'https://evil.example', gms_user: 'ann' },
    });
    expect(bayeux.status).toBe(403);
    expect((await send({ origin: 'https://app.example.com', 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    const reply = await send({});
    expect(Number(chatBody(reply).transcriptPosition)).toBe(3);
    expect(reply.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('turn requests away at once while too many are in work, and let them in again', async () => {
    const [client] = clients as readonly [HttpClient];
    const { id } = await startChat(client, { headers: from('192.0.2.5'), form: {} });
    redis.freeze();
    const held = Array.from({ length: 5 }, () => client.post(chatPath(id, 'refresh')));
    const shed = await waitFor('a request to be turned away', async () => {
      const reply = await Promise.race([client.post(chatPath(id, 'refresh')), ...held]);
      return reply.headers['x-request-id'] === undefined && reply;
    });
    expect([shed.status, shed.headers['retry-after'], shed.text]).toEqual([503, '1', '']);
    redis.thaw();
    await Promise.all(held);
    await waitFor('requests to be let in', async () => (await client.post(chatPath(id, 'refresh'))).status === 200);
    const metrics = await (await fetch(`${stack.gateways[0]!.internalUrl}/metrics`)).text();
    expect(metrics).toMatch(/^parley_shed_total\{[^}]*reason="in-flight"[^}]*\} [1-9]/m);
    expect(metrics).toMatch(/^parley_requests_in_flight\{[^}]*\} 0$/m);
  });
});
