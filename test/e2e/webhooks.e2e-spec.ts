import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpStandIn } from '../../libs/push/src/testing/http-stand-in.js';
import { webhookSignature } from '@app/push';
import { chatPath, startChat } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { waitFor } from '../support/http.js';

const SECRET = 'a-secret-that-both-sides-know';

interface Body {
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describe('webhooks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-webhooks-'));
  const env: Record<string, string> = {
    DEMO_AGENT: '0',
    WEBHOOK_SECRET: SECRET,
    WEBHOOK_EVENTS: 'chat.started,chat.ended,message.sent',
    WEBHOOK_NETWORKS: '127.0.0.1',
  };
  let server: HttpStandIn;
  beforeAll(async () => {
    server = await HttpStandIn.start();
    env['WEBHOOK_URLS'] = `${server.url}/hooks`;
  });
  const { client, stack } = useStack({ workers: 2, env });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const bodiesOf = (serviceId: string): readonly (Body & { readonly id: string })[] =>
    server.arrived
      .map(({ text, headers }) => ({ ...(JSON.parse(text) as Body), id: String(headers['webhook-id']) }))
      .filter(({ data }) => data['serviceId'] === serviceId);

  it('tell of start, messages and end, signed', async () => {
    const chat = await startChat(client, { headers: { gms_user: 'ann' } });
    await client.post(chatPath(chat.id, 'send'), { form: { message: 'hello' } });
    await client.post(chatPath(chat.id, 'disconnect'));
    const bodies = await waitFor('three webhooks', () =>
      Promise.resolve(bodiesOf(chat.id).length >= 3 ? bodiesOf(chat.id) : undefined),
    );
    const byType = Object.fromEntries(bodies.map(({ type, data }) => [type, data]));
    expect(byType).toMatchObject({
      'chat.started': { serviceName: 'request-chat', user: 'ann', nickname: 'VasyaP', eventId: '1-0' },
      'message.sent': { party: 'CLIENT', text: 'hello', eventId: '2-0' },
      'chat.ended': { reason: 'customer' },
    });
    for (const { headers, text } of server.arrived) {
      const [id, time] = [String(headers['webhook-id']), Number(headers['webhook-timestamp'])];
      const signed = { secret: SECRET, id, timestampS: time, body: text };
      expect(headers['webhook-signature']).toBe(webhookSignature(signed));
    }
  });

  it('come again under the same id until they are taken', async () => {
    server.next({ status: 500 }, 'hang-up');
    const chat = await startChat(client);
    const bodies = await waitFor(
      'the third try',
      () => Promise.resolve(bodiesOf(chat.id).length >= 3 ? bodiesOf(chat.id) : undefined),
      20_000,
    );
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(bodies.map(({ type }) => type)).toEqual(Array(3).fill('chat.started'));
  }, 30_000);

  it('are sent once where two workers look', async () => {
    const chats = await Promise.all(Array.from({ length: 20 }, () => startChat(client)));
    await waitFor('all of them', () => Promise.resolve(chats.every(({ id }) => bodiesOf(id).length > 0)));
    // A second one would be there by now: others that were enqueued later are.
    const last = await startChat(client);
    await waitFor('a later one', () => Promise.resolve(bodiesOf(last.id).length > 0));
    expect(chats.map(({ id }) => bodiesOf(id).length)).toEqual(Array(20).fill(1));
    expect(
      stack()
        .workers.map((worker) => worker.logs())
        .join(''),
    ).not.toMatch(/hello|a-secret/);
  });
});
