import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportPKCS8, generateKeyPair } from 'jose';
import type { Push } from './push.js';
import { channelOf, PushProviders } from './push-providers.js';
import { readPushSettings } from './push-settings.js';
import { ApnsStandIn } from './testing/apns-stand-in.js';
import { FcmStandIn, HttpStandIn } from './testing/http-stand-in.js';

const PUSH: Push = {
  deviceId: 'device/1',
  text: 'come back',
  serviceId: 's1',
  lastTranscript: ['hi', 'are you there?'],
  collapseId: 'chat-1',
};
const MESSAGE = {
  message: 'come back',
  serviceId: 's1',
  lastTranscript: [{ 'Message.Text': 'hi' }, { 'Message.Text': 'are you there?' }],
};
const INSIDE = ['127.0.0.0/8', '::1'];

describe('push providers', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-push-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const providers = (options: Readonly<Record<string, unknown>>): PushProviders =>
    new PushProviders(
      readPushSettings(join(folder, 'push.yaml'), JSON.stringify({ allowedNetworks: INSIDE, ...options })),
    );
  const fileWith = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };

  describe('APNs', () => {
    let apple: ApnsStandIn;
    let all: PushProviders;
    beforeEach(async () => {
      apple = await ApnsStandIn.start();
      all = providers({ pushEnabled: ['ios'], ...apple.options(fileWith('key.p8', apple.key)) });
    });
    afterEach(async () => {
      all.close();
      await apple.close();
    });
    const send = (push = PUSH) => all.find('ios', undefined, false)?.send(push);

    it('takes an alert with the keys of the document, and one that replaces it', async () => {
      expect(await send()).toEqual({ outcome: 'delivered' });
      const [{ deviceId, headers, body } = { deviceId: '', headers: {}, body: undefined }] = apple.arrived;
      expect(deviceId).toBe('device/1');
      expect(headers).toMatchObject({ 'apns-collapse-id': 'chat-1', 'apns-push-type': 'alert' });
      expect(body?.aps.alert).toEqual({ title: 'Chat', body: 'come back' });
      expect(JSON.parse(body?.message ?? '')).toEqual(MESSAGE);
    });

    it('keeps its connection and its token', async () => {
      await Promise.all([send(), send(), send()]);
      await send();
      expect([apple.arrived.length, apple.sessions]).toEqual([4, 1]);
      expect(new Set(apple.arrived.map(({ headers }) => headers.authorization)).size).toBe(1);
    });

    it.each([
      [{ status: 410, reason: 'Unregistered' }, { outcome: 'gone' }],
      [{ status: 400, reason: 'BadDeviceToken' }, { outcome: 'gone' }],
      [
        { status: 400, reason: 'PayloadEmpty' },
        { outcome: 'refused', reason: 'PayloadEmpty' },
      ],
      [
        { status: 429, reason: 'TooManyRequests', retryAfter: '9' },
        { outcome: 'retry', reason: 'TooManyRequests', afterMs: 9_000 },
      ],
      [
        { status: 503, reason: 'Shutdown' },
        { outcome: 'retry', reason: 'Shutdown' },
      ],
      ['garbage' as const, { outcome: 'retry', reason: 'status 503' }],
      ['hang-up' as const, { outcome: 'retry' }],
    ])('says %j: %j', async (behaviour, result) => {
      apple.next(behaviour);
      expect(await send()).toMatchObject(result);
      expect(await send()).toEqual({ outcome: 'delivered' });
    });

    it('may be tried again when its token was refused', async () => {
      await send();
      apple.next({ status: 403, reason: 'ExpiredProviderToken' });
      expect(await send()).toEqual({ outcome: 'retry', reason: 'ExpiredProviderToken' });
      expect(await send()).toEqual({ outcome: 'delivered' });
    });

    it('gives up what is not answered, and does not wait at a dead connection again', async () => {
      apple.next('silence');
      expect(await send()).toMatchObject({ outcome: 'retry' });
      expect(await send()).toEqual({ outcome: 'delivered' });
      expect(apple.sessions).toBe(2);
    });

    it('may be tried later when nobody is there', async () => {
      await apple.close();
      expect(await send()).toMatchObject({ outcome: 'retry' });
      apple = await ApnsStandIn.start();
    });
  });

  describe('FCM', () => {
    let google: FcmStandIn;
    let all: PushProviders;
    beforeEach(async () => {
      google = await FcmStandIn.start();
      all = providers({
        pushEnabled: ['fcm'],
        'fcm.serviceAccountFile': fileWith('account.json', google.account),
        'fcm.url': google.url,
        'fcm.title': 'Chat',
        'fcm.body': 'Somebody answered',
      });
    });
    afterEach(async () => {
      all.close();
      await google.close();
    });
    const send = (push = PUSH) => all.find('fcm', undefined, false)?.send(push);

    it('takes a notification by the options, and the data of the document', async () => {
      expect(await send()).toEqual({ outcome: 'delivered' });
      expect(google.messages).toMatchObject([
        {
          token: 'device/1',
          notification: { title: 'Chat', body: 'Somebody answered' },
          android: { collapse_key: 'chat-1' },
        },
      ]);
      expect(JSON.parse(google.messages[0]?.data.message ?? '')).toEqual(MESSAGE);
    });

    it('asks for a token once, and again when it was withdrawn', async () => {
      await Promise.all([send(), send()]);
      await send();
      expect(google.tokens).toBe(1);
      google.withdrawToken();
      expect(await send()).toEqual({ outcome: 'retry', reason: 'the access token was refused' });
      expect(await send()).toEqual({ outcome: 'delivered' });
      expect(google.tokens).toBe(2);
    });

    it.each([
      [
        { status: 404, body: '{"error":{"status":"NOT_FOUND","details":[{"errorCode":"UNREGISTERED"}]}}' },
        { outcome: 'gone' },
      ],
      [
        { status: 400, body: '{"error":{"status":"INVALID_ARGUMENT"}}' },
        { outcome: 'refused', reason: 'INVALID_ARGUMENT' },
      ],
      [
        { status: 429, headers: { 'retry-after': '3' } },
        { outcome: 'retry', reason: 'status 429', afterMs: 3_000 },
      ],
      [
        { status: 503, body: '<html>' },
        { outcome: 'retry', reason: 'status 503' },
      ],
      ['hang-up' as const, { outcome: 'retry', reason: 'ECONNRESET' }],
    ])('says %j: %j', async (behaviour, result) => {
      google.next(behaviour);
      expect(await send()).toEqual(result);
      expect(await send()).toEqual({ outcome: 'delivered' });
    });
  });

  describe('servers of others', () => {
    let server: HttpStandIn;
    beforeEach(async () => {
      server = await HttpStandIn.start();
    });
    afterEach(() => server.close());

    it('customhttp: get device and message as JSON at one address', async () => {
      const all = providers({ pushEnabled: 'customhttp', 'customhttp.url': `${server.url}/push` });
      expect(await all.find('customhttp', undefined, false)?.send(PUSH)).toEqual({ outcome: 'delivered' });
      const [call] = server.arrived;
      expect([call?.path, call?.headers['content-type']]).toEqual(['/push', 'application/json;charset=UTF-8']);
      expect(JSON.parse(call?.text ?? '')).toEqual({ deviceId: 'device/1', message: 'come back' });
      server.next({ status: 410 }, { status: 404 }, { status: 500 });
      const results = [];
      for (const _ of [1, 2, 3]) results.push(await all.find('customhttp', undefined, false)?.send(PUSH));
      expect(results).toEqual([
        { outcome: 'gone' },
        { outcome: 'refused', reason: 'status 404' },
        { outcome: 'retry', reason: 'status 500' },
      ]);
    });

    it('httpcb: get the text at the address that the device named, and only 200 counts', async () => {
      const all = providers({ pushEnabled: 'httpcb', 'httpcb.allowedHosts': ['127.0.0.1', '*.example.com'] });
      const send = (deviceId: string) => all.find('httpcb', undefined, false)?.send({ ...PUSH, deviceId });
      expect(await send(`${server.url}/cb`)).toEqual({ outcome: 'delivered' });
      expect(server.arrived).toMatchObject([{ path: '/cb', text: 'come back' }]);
      server.next({ status: 204 });
      expect(await send(`${server.url}/cb`)).toEqual({ outcome: 'refused', reason: 'status 204' });
      const elsewhere = ['http://localhost/', 'not a url', 'http://example.com.evil.test/', 'http://u:p@127.0.0.1/'];
      for (const deviceId of elsewhere) {
        expect(await send(deviceId)).toEqual({
          outcome: 'refused',
          reason: 'the address is none of httpcb.allowedHosts',
        });
      }
    });
  });

  it('are found by name, and have debug twins', async () => {
    const servers = await Promise.all([HttpStandIn.start(), HttpStandIn.start(), HttpStandIn.start()]);
    const [live, debug, mine] = servers.map(({ url }) => url);
    const all = providers({
      pushEnabled: ['customhttp'],
      'customhttp.url': live,
      'debug.customhttp.url': debug,
      providers: { mine: { 'customhttp.url': mine } },
    });
    await all.find('customhttp', undefined, false)?.send(PUSH);
    await all.find('customhttp', undefined, true)?.send(PUSH);
    await all.find('customhttp', 'mine', false)?.send(PUSH);
    expect(servers.map(({ arrived }) => arrived.length)).toEqual([1, 1, 1]);
    expect(all.find('customhttp', 'nobody', false)).toBeUndefined();
    expect(all.find('ios', undefined, false)).toBeUndefined();
    await Promise.all(servers.map((server) => server.close()));
  });

  it.each([
    ['ios', 'ios'],
    ['gcm', 'fcm'],
    ['android', 'fcm'],
    ['fcm', 'fcm'],
    ['httpcb', 'httpcb'],
    ['comet', undefined],
    ['orscb', undefined],
  ])('reach %s by %s', (deviceOs, channel) => {
    expect(channelOf(deviceOs)).toBe(channel);
  });
});

describe('a push file', () => {
  it.each([
    ['pushEnabled: [pigeon]', 'pushEnabled: expected a list of ios, fcm, customhttp, httpcb'],
    [
      'pushEnabled: [customhttp]',
      'customhttp.url: expected a URL, as its channel is in pushEnabled, got something else',
    ],
    [
      'pushEnabled: [customhttp]\ncustomhttp.url: nowhere',
      'customhttp.url: expected an absolute http or https URL, got something else',
    ],
    ['pushEnabled: [ios]', 'apple.keyFile: expected the path of a .p8 file, got something else'],
    [
      'pushEnabled: [fcm]',
      'fcm.serviceAccountFile: expected the path of a service account’s JSON file, got something else',
    ],
    ['customhttp.uri: x', 'customhttp.uri: expected one of pushEnabled, providers, allowedNetworks, apple.keyFile'],
    ['allowedNetworks: [here]', 'allowedNetworks: expected a list of addresses or networks such as 10.0.0.0/8'],
    ['allowedNetworks: [10.0.0.0/99]', 'allowedNetworks: expected a list of addresses or networks such as 10.0.0.0/8'],
    ['pushEnabled: [constructor]', 'pushEnabled: expected a list of ios, fcm, customhttp, httpcb'],
    ['providers: [a]', 'providers: expected a mapping of names to options'],
    ['- a', 'expected a mapping with pushEnabled and options'],
    ['{', 'expected YAML'],
  ])('that is wrong is told by path: %s', (source, message) => {
    expect(() => readPushSettings('push.yaml', source)).toThrow(`push.yaml: ${message}`);
  });

  describe('with keys', () => {
    let folder: string;
    let pem: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'parley-push-'));
      const { privateKey } = await generateKeyPair('ES256', { extractable: true });
      pem = await exportPKCS8(privateKey);
      writeFileSync(join(folder, 'key.p8'), pem);
      writeFileSync(join(folder, 'bad.p8'), 'no key');
      const account = { project_id: 'p', client_email: 'e', private_key: pem, token_uri: 'https://a.example/' };
      writeFileSync(join(folder, 'account.json'), JSON.stringify(account));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    const read = (...lines: readonly string[]) =>
      readPushSettings(join(folder, 'push.yaml'), ['apple.topic: app', ...lines].join('\n'));
    const APPLE = ['pushEnabled: [ios]', 'apple.keyFile: key.p8', 'apple.keyId: K', 'apple.teamId: T'];

    it('that are none, or of another kind, is refused at the start', () => {
      expect(() => read('pushEnabled: [ios]', 'apple.keyFile: bad.p8')).toThrow('apple.keyFile: expected a .p8 file');
      expect(() => read('pushEnabled: [fcm]', 'fcm.serviceAccountFile: account.json')).toThrow('expected an RSA key');
    });

    it.each(['123E456789', '0012345678'])('whose id YAML would take for a number is refused: %s', (id) => {
      const lines = [...APPLE.slice(0, 3), `apple.teamId: ${id}`];
      expect(() => read(...lines)).toThrow('apple.teamId: expected a text, in quotes if it could be a number');
      expect(read(...APPLE.slice(0, 3), `apple.teamId: '${id}'`).providers.get('')?.live.ios?.teamId).toBe(id);
    });

    it('has twins that follow their own provider before the twin of all', () => {
      const { providers } = read(
        ...APPLE,
        'debug.apple.topic: app.dev',
        'providers: { a: { apple.topic: a }, b: {}, c: { apple.topic: c, debug.apple.topic: c.dev } }',
      );
      const topics = ['', 'a', 'b', 'c'].map((name) => providers.get(name)?.debug.ios?.topic);
      expect(topics).toEqual(['app.dev', 'a', 'app.dev', 'c.dev']);
    });
  });

  it('may be empty of channels', () => {
    expect(new PushProviders(readPushSettings('push.yaml', 'pushEnabled: []')).find('ios', undefined, false)).toBe(
      undefined,
    );
  });
});
