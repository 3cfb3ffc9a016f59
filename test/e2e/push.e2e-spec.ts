import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApnsStandIn } from '../../libs/push/src/testing/apns-stand-in.js';
import { FcmStandIn, HttpStandIn } from '../../libs/push/src/testing/http-stand-in.js';
import { CometdSession } from '../conformance/cometd-session.js';
import { startCometChat } from '../conformance/cometd-stack.js';
import { chatBody, chatPath, createService, SERVICE } from '../conformance/customer.js';
import { writeAgentsFile } from '../support/agents-file.js';
import { ApiAgent, type PushedEvent } from '../support/api-agent.js';
import { HttpClient, waitFor } from '../support/http.js';
import { POKE_ENABLED, servicesWith } from '../support/services-folder.js';
import { type Stack, startStack } from '../support/stack.js';

/** A job of a dead worker goes on elsewhere after ten seconds at most; then it takes what it takes. */
const ENDED_LIMIT_MS = 20_000;
const START_LIMIT_MS = 90_000;

describe('pushes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-push-'));
  let apple: ApnsStandIn;
  let google: FcmStandIn;
  let server: HttpStandIn;
  let stack: Stack;
  let client: HttpClient;
  let internal: HttpClient;
  let kate: ApiAgent;
  let env: Record<string, string>;
  const others: Stack[] = [];

  beforeAll(async () => {
    [apple, google, server] = await Promise.all([ApnsStandIn.start(), FcmStandIn.start(), HttpStandIn.start()]);
    writeFileSync(join(folder, 'key.p8'), apple.key);
    writeFileSync(join(folder, 'account.json'), google.account);
    const config = {
      pushEnabled: ['ios', 'fcm', 'customhttp', 'httpcb'],
      ...apple.options('key.p8'),
      'fcm.serviceAccountFile': 'account.json',
      'fcm.url': google.url,
      'customhttp.url': `${server.url}/push`,
      'httpcb.allowedHosts': ['127.0.0.1'],
      allowedNetworks: ['127.0.0.1'],
    };
    writeFileSync(join(folder, 'push.yaml'), JSON.stringify(config));
    env = {
      DEMO_AGENT: '0',
      KEY_PREFIX: `t${randomBytes(4).toString('hex')}`,
      PUSH_CONFIG: join(folder, 'push.yaml'),
      AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate', capacity: 100 }]),
      SERVICES_DIR: servicesWith(folder, {
        ...POKE_ENABLED,
        '_client_timeout_notification: 90': '_client_timeout_notification: 1',
      }),
    };
    stack = await startStack({ env });
    client = new HttpClient(() => stack.gateways[0]?.url ?? '');
    internal = new HttpClient(() => stack.gateways[0]?.internalUrl ?? '');
    kate = new ApiAgent('kate', internal);
    await kate.ready();
  }, START_LIMIT_MS);

  // A test that fails leaves no worker behind.
  afterEach(async () => {
    await Promise.all(others.splice(0).map((other) => other.stop()));
  });

  afterAll(async () => {
    for (const each of [client, internal]) each.close();
    await stack.stop();
    await Promise.all([apple.close(), google.close(), server.close()]);
    rmSync(folder, { recursive: true });
  }, START_LIMIT_MS);

  const oneMoreWorker = async (extra: Record<string, string> = {}): Promise<Stack> => {
    const redisUrl = stack.redis?.url ?? '';
    const other = await startStack({ gateways: 0, workers: 1, redisUrl, env: { ...env, ...extra } });
    others.push(other);
    return other;
  };
  const talking = async (os: string, deviceId: string): Promise<string> => {
    const id = await createService(client, { form: { _device_os: os, _device_notification_id: deviceId } });
    chatBody(await client.post(chatPath(id), { form: { firstName: 'Vasya' } }));
    await kate.accept(id);
    return id;
  };
  const poke = (id: string, text?: string): Promise<unknown> =>
    kate.post(`/chats/${id}/poke`, text === undefined ? {} : { text });
  const ended = (id: string): Promise<PushedEvent> =>
    waitFor(
      'the push to have ended',
      async () => {
        const found = kate.of(id).find(({ type }) => type === 'PushSent' || type === 'PushFailed');
        if (found === undefined) await kate.connect(300);
        return found;
      },
      ENDED_LIMIT_MS,
    );

  it.each([
    ['ios', (): unknown => apple.arrived.at(-1)?.body.aps.alert.body],
    ['android', (): unknown => google.messages.at(-1)?.notification.body],
    ['customhttp', (): unknown => (JSON.parse(server.arrived.at(-1)?.text ?? '{}') as { message?: string }).message],
  ])('poke a device of kind %s, and the agent sees that it was sent', async (os, last) => {
    const id = await talking(os, `device-of-${os}`);
    await poke(id, `come, ${os}`);
    expect(await ended(id)).toMatchObject({ type: 'PushSent', channel: os });
    expect(last()).toBe(`come, ${os}`);
  });

  it('call a device back at its own address, where that is allowed', async () => {
    const id = await talking('httpcb', `${server.url}/mine`);
    await poke(id);
    expect(await ended(id)).toMatchObject({ type: 'PushSent', channel: 'httpcb' });
    expect(server.arrived.at(-1)).toMatchObject({ path: '/mine', text: 'An agent would like to talk to you' });
    const inside = await talking('httpcb', 'http://169.254.169.254/latest/meta-data');
    await poke(inside);
    expect(await ended(inside)).toMatchObject({ type: 'PushFailed', reason: 'refused' });
  });

  it('forget a device that is not registered any more', async () => {
    const id = await talking('ios', 'old-phone');
    apple.next({ status: 410, reason: 'Unregistered' });
    await poke(id);
    expect(await ended(id)).toMatchObject({ type: 'PushFailed', reason: 'unregistered' });
    const again = await client.post(`${SERVICE}/${id}/internal-poke`);
    expect([again.status, again.text]).toEqual([503, '']);
  });

  it('are tried again when the provider is busy, down or talks nonsense; the chat goes on meanwhile', async () => {
    const id = await talking('ios', 'patient-phone');
    apple.next({ status: 429, reason: 'TooManyRequests', retryAfter: '1' }, 'garbage');
    const before = apple.arrived.length;
    await poke(id, 'at last');
    await kate.post(`/chats/${id}/messages`, { text: 'still here' });
    expect(await ended(id)).toMatchObject({ type: 'PushSent' });
    expect(apple.arrived.slice(before).map(({ body }) => body.aps.alert.body)).toEqual(['at last']);
  });

  it('are sent again by another worker when the first dies before it could say so, as the same push', async () => {
    const [first] = stack.workers;
    await first?.kill();
    const dying = await oneMoreWorker({ BREAKPOINT: 'push-sent' });
    const id = await talking('ios', 'twice');
    const before = apple.arrived.length;
    await poke(id, 'once or twice');
    await waitFor('the worker to have pushed and died', () => Promise.resolve(apple.arrived.length > before));
    await dying.stop();
    await oneMoreWorker();
    expect(await ended(id)).toMatchObject({ type: 'PushSent' });
    const pushed = apple.arrived.slice(before);
    expect(pushed.length).toBeGreaterThan(1);
    expect(new Set(pushed.map(({ headers }) => headers['apns-collapse-id'])).size).toBe(1);
  }, 60_000);

  it('tell an application in the background what it missed, once', async () => {
    // The worker of the beginning was killed above.
    await oneMoreWorker();
    const phone = await CometdSession.subscribed(client, 'buzz');
    const chat = await startCometChat(client, 'buzz', {
      push_notification_deviceid: 'pocket',
      push_notification_type: 'fcm',
    });
    await kate.accept(chat.id);
    await phone.untilEvents(1);
    await phone.disconnect(2);
    await kate.until(chat.id, 'CustomerAway');
    for (const text of ['where are you?', 'hello?']) await kate.post(`/chats/${chat.id}/messages`, { text });
    expect(await ended(chat.id)).toMatchObject({ type: 'PushSent', channel: 'fcm' });
    const [message, ...more] = google.messages.filter(({ token }) => token === 'pocket');
    expect(more).toEqual([]);
    expect(JSON.parse(message?.data.message ?? '{}')).toEqual({
      message: 'You have a new message',
      serviceId: chat.id,
      lastTranscript: [{ 'Message.Text': 'where are you?' }, { 'Message.Text': 'hello?' }],
    });
  }, 60_000);

  it('leave nothing of device, text or token in a log', () => {
    const logs = [...stack.gateways, ...stack.workers].map((each) => each.logs()).join('\n');
    expect(logs).not.toMatch(/old-phone|patient-phone|device-of-|pocket|at last|where are you|PRIVATE KEY/);
    expect(logs).not.toMatch(/"level":60/);
  });
});
