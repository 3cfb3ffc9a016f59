import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair } from 'jose';
import { ApnsProvider } from './apns-provider.js';

const PUSH = { deviceId: 'd1', text: 'come back', serviceId: 's1', lastTranscript: ['hi'], collapseId: 'c1' };

describe('APNs, at its worst', () => {
  let key: string;
  let server: Http2Server;
  let provider: ApnsProvider;
  let nowMs: number;
  let tokens: string[];
  let bodies: string[];
  let answer: (stream: ServerHttp2Stream) => void;

  beforeAll(async () => {
    key = await exportPKCS8((await generateKeyPair('ES256', { extractable: true })).privateKey);
  });
  beforeEach(async () => {
    nowMs = 1_800_000_000_000;
    tokens = [];
    bodies = [];
    server = createServer();
    server.on('stream', (stream, headers) => {
      tokens.push(headers.authorization ?? '');
      stream.on('error', () => undefined);
      let body = '';
      stream.setEncoding('utf8').on('data', (part: string) => (body += part));
      stream.on('end', () => {
        bodies.push(body);
        answer(stream);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { url, ca: undefined, key, keyId: 'K', teamId: 'T', topic: 'app', title: 'Chat', body: undefined };
    provider = new ApnsProvider(options, () => nowMs, 300);
  });
  afterEach(async () => {
    provider.close();
    server.close();
    await once(server, 'close');
  });

  const says = (status: number, reason: string) => (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': status });
    stream.end(JSON.stringify({ reason }));
  };

  it.each(['ExpiredProviderToken', 'InvalidProviderToken'])(
    'signs anew after %s, but not more often than each 20 minutes',
    async (reason) => {
      answer = says(403, reason);
      await Promise.all([provider.send(PUSH), provider.send(PUSH), provider.send(PUSH)]);
      nowMs += 19 * 60_000;
      await provider.send(PUSH);
      expect(new Set(tokens).size).toBe(1);
      nowMs += 60_000;
      expect(await provider.send(PUSH)).toEqual({ outcome: 'retry', reason });
      await provider.send(PUSH);
      expect(new Set(tokens).size).toBe(2);
    },
  );

  it('keeps a device that was registered with another application', async () => {
    answer = says(400, 'DeviceTokenNotForTopic');
    expect(await provider.send(PUSH)).toEqual({ outcome: 'refused', reason: 'DeviceTokenNotForTopic' });
  });

  it('does not wait for who sends a byte now and then', async () => {
    answer = (stream) => {
      stream.respond({ ':status': 200 });
      const timer = setInterval(() => stream.write('x'), 50);
      stream.on('close', () => {
        clearInterval(timer);
      });
    };
    expect(await provider.send(PUSH)).toEqual({ outcome: 'retry', reason: 'no answer in time' });
  });

  it('is sent what it takes of a text that is too long', async () => {
    answer = says(200, '');
    await provider.send({ ...PUSH, text: 'ж"'.repeat(2_000) });
    expect(Buffer.byteLength(bodies[0] ?? '')).toBeLessThanOrEqual(4_096);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({ aps: { alert: { title: 'Chat' } } });
  });
});
