import { createHmac } from 'node:crypto';
import { AddressRules } from './address-rules.js';
import { SafeHttp } from './safe-http.js';
import { HttpStandIn } from './testing/http-stand-in.js';
import { WebhookSender, webhookSignature } from './webhook-sender.js';

describe('a webhook', () => {
  const sender = new WebhookSender(new SafeHttp(new AddressRules(['127.0.0.1'])));
  const hook = {
    secret: 'a-shared-secret-of-length',
    id: 'msg_1',
    timestampS: 1_700_000_000,
    body: '{"type":"chat.started"}',
  };

  it('is signed over id, time and body', async () => {
    const server = await HttpStandIn.start();
    expect(await sender.send({ ...hook, url: new URL(server.url) })).toEqual({ outcome: 'delivered' });
    const [call] = server.arrived;
    const signature = createHmac('sha256', hook.secret).update(`msg_1.1700000000.${hook.body}`).digest('base64');
    expect(call?.headers).toMatchObject({
      'webhook-id': 'msg_1',
      'webhook-timestamp': '1700000000',
      'webhook-signature': `v1,${signature}`,
    });
    expect(call?.text).toBe(hook.body);
    await server.close();
  });

  it('is what the libraries of Standard Webhooks expect, where the secret is one of theirs', () => {
    expect(
      webhookSignature({
        secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestampS: 1_614_265_330,
        body: '{"test": 2432232314}',
      }),
    ).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('that cannot be sent is refused', async () => {
    expect(await sender.send({ ...hook, id: 'a\nb', url: new URL('http://127.0.0.1:1/') })).toEqual({
      outcome: 'refused',
      reason: 'the request cannot be made',
    });
  });

  it('tells what became of it', async () => {
    const server = await HttpStandIn.start();
    server.next({ status: 204 }, { status: 410 }, { status: 400 }, { status: 503, headers: { 'retry-after': '2' } });
    const results = [];
    for (const _ of [1, 2, 3, 4]) results.push(await sender.send({ ...hook, url: new URL(server.url) }));
    expect(results).toEqual([
      { outcome: 'delivered' },
      { outcome: 'gone' },
      { outcome: 'refused', reason: 'status 400' },
      { outcome: 'retry', reason: 'status 503', afterMs: 2_000 },
    ]);
    await server.close();
  });
});
