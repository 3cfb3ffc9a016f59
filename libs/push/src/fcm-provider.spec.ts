import { AddressRules } from './address-rules.js';
import { FcmProvider } from './fcm-provider.js';
import { SafeHttp } from './safe-http.js';
import { FcmStandIn } from './testing/http-stand-in.js';

const PUSH = { deviceId: 'device-1', text: 'come back', serviceId: 's1', lastTranscript: ['hi'], collapseId: 'c1' };

describe('FCM, at its worst', () => {
  let google: FcmStandIn;
  let provider: FcmProvider;
  beforeAll(async () => {
    google = await FcmStandIn.start();
    const account = JSON.parse(google.account);
    provider = new FcmProvider(new SafeHttp(new AddressRules(['127.0.0.1'])), {
      ...{ account, url: google.url, title: 'Chat', body: undefined },
    });
  });
  afterAll(() => google.close());

  it.each([
    'null',
    '5',
    '[]',
    '{"error":"x"}',
    '{"error":{"details":{}}}',
    '{"error":{"details":[null,5]}}',
    '{"error":{"status":5}}',
  ])('may answer anything: %s', async (body) => {
    google.next({ status: 500, body });
    expect(await provider.send(PUSH)).toEqual({ outcome: 'retry', reason: 'status 500' });
  });

  it('is not quoted: its words may name the device', async () => {
    google.next({ status: 400, body: '{"error":{"status":"no such token: device-1"}}' });
    expect(await provider.send(PUSH)).toEqual({ outcome: 'refused', reason: 'status 400' });
  });

  it('keeps its devices when somebody else answers 404', async () => {
    google.next({ status: 404, body: '<html>' }, { status: 404, body: '{"error":{"status":"NOT_FOUND"}}' });
    expect(await provider.send(PUSH)).toEqual({ outcome: 'refused', reason: 'status 404' });
    expect(await provider.send(PUSH)).toEqual({ outcome: 'gone' });
  });

  it('is sent what it takes of a text that is too long', async () => {
    expect(await provider.send({ ...PUSH, text: 'ж"'.repeat(2_000) })).toEqual({ outcome: 'delivered' });
    expect(Buffer.byteLength(google.arrived.at(-1)?.text ?? '')).toBeLessThanOrEqual(4_096);
  });
});
