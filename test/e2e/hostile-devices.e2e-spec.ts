import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpStandIn } from '../../libs/push/src/testing/http-stand-in.js';
import { chatPath, createService } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { useBystander } from '../hostile/bystander.js';
import { tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { HttpClient, waitFor } from '../support/http.js';
import { POKE_ENABLED, servicesWith } from '../support/services-folder.js';

/** Devices that say of themselves where they are called back: no call leads inside, whatever they say. */
describe('a device', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-devices-'));
  let inside: HttpStandIn;
  const push = join(folder, 'push.yaml');
  // The hosts are allowed by name; where the names lead is judged all the same.
  const hosts = ['127.0.0.1', 'localhost', '*.localhost', '169.254.169.254', '10.0.0.1'];
  writeFileSync(push, JSON.stringify({ pushEnabled: ['httpcb'], 'httpcb.allowedHosts': hosts }));
  const { client, stack } = useStack({
    env: {
      ...{ DEMO_AGENT: '0', PUSH_CONFIG: push, SERVICES_DIR: servicesWith(folder, POKE_ENABLED) },
      AGENTS_FILE: writeAgentsFile(folder, [{ id: 'sam', nickname: 'Sam', role: 'supervisor' }]),
    },
  });
  const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
  const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');
  const headers = { authorization: `Bearer ${tokenOf('sam')}` };

  beforeAll(async () => {
    inside = await HttpStandIn.start();
    await internal.post('/agent/v1/me/sign-in', { headers });
  });
  beforeEach(async () => {
    await bystander.newLines();
  });
  afterAll(async () => {
    internal.close();
    await inside.close();
    rmSync(folder, { recursive: true });
  });

  interface Seen {
    readonly events: readonly { readonly type: string; readonly reason?: string }[];
  }
  /** Pokes the device of a new chat. @returns what became of it */
  const poked = async (os: string, deviceId: string): Promise<string> => {
    const id = await createService(client, { form: { _device_os: os, _device_notification_id: deviceId } });
    await client.post(chatPath(id), { form: { firstName: 'Mallory' } });
    await internal.post(`/agent/v1/chats/${id}/join`, { headers });
    const reply = await internal.post(`/agent/v1/chats/${id}/poke`, { json: { text: 'come' }, headers });
    if (reply.status !== 200) return String(reply.status);
    return waitFor('the poke to have ended', async () => {
      const page = await internal.get(`/agent/v1/chats/${id}/events?all=true`, { headers });
      const end = (page.json() as Seen).events.find(({ type }) => type === 'PushSent' || type === 'PushFailed');
      return end === undefined ? undefined : `${end.type} ${end.reason ?? ''}`.trim();
    });
  };

  const PORT = '{port}';
  const ADDRESSES = [
    `http://127.0.0.1:${PORT}/`,
    `http://localhost:${PORT}/`,
    `http://LOCALHOST:${PORT}/`,
    `http://localhost.:${PORT}/`,
    `http://[::1]:${PORT}/`,
    `http://[::ffff:127.0.0.1]:${PORT}/`,
    `http://[::ffff:7f00:1]:${PORT}/`,
    `http://0x7f000001:${PORT}/`,
    `http://0x7f.1:${PORT}/`,
    `http://2130706433:${PORT}/`,
    `http://0177.0.0.1:${PORT}/`,
    `http://127.1:${PORT}/`,
    `http://0:${PORT}/`,
    `http://0.0.0.0:${PORT}/`,
    `http://127。0。0。1:${PORT}/`,
    `http://①②⑦.⓪.⓪.①:${PORT}/`,
    `http://127.0.0.1%2f@evil.example:${PORT}/`,
    `http://evil.example@127.0.0.1:${PORT}/`,
    `http://user:word@127.0.0.1:${PORT}/`,
    `http://127.0.0.1:${PORT}/\r\nX-Forged: 1`,
    `http://127.0.0.1:${PORT}/%0d%0aX-Forged:1`,
    `http://127.0.0.1\\@evil.example:${PORT}/`,
    `http:127.0.0.1:${PORT}`,
    `//127.0.0.1:${PORT}/`,
    `https://127.0.0.1:${PORT}/`,
    `ftp://127.0.0.1:${PORT}/`,
    `gopher://127.0.0.1:${PORT}/_x`,
    `redis://127.0.0.1:${PORT}/`,
    `ws://127.0.0.1:${PORT}/`,
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'data:text/plain,x',
    'javascript:alert(1)',
    'unix:/var/run/docker.sock',
    'x',
    ' ',
    'http://',
    'http://[',
    '../../admin',
    '__proto__',
  ];

  it.each(ADDRESSES)('at %j is not called', async (address) => {
    const deviceId = address.replace(PORT, String(inside.port));
    const end = await poked('httpcb', deviceId);
    expect(['PushFailed refused', 'PushFailed no-device', '503']).toContain(end);
    expect(inside.arrived).toEqual([]);
    await bystander.expectUnhurt();
    // The refusal of a poke without a device is a line.
    await bystander.expectQuietLog(deviceId.length > 6 ? [deviceId] : []);
    for (const { logs } of stack().workers) {
      if (deviceId.length > 6) expect(logs()).not.toContain(deviceId.trim());
    }
  });

  it.each(['ios', 'fcm', 'android', 'customhttp', 'orscb'])(
    'of kind %s that nobody serves is not called',
    async (os) => {
      expect(await poked(os, `http://127.0.0.1:${inside.port}/`)).toMatch(
        /^(PushFailed (not-configured|no-device)|503)$/,
      );
      expect(inside.arrived).toEqual([]);
    },
  );

  it('with an id of 60,000 characters hurts nobody', async () => {
    expect(await poked('httpcb', `http://127.0.0.1:${inside.port}/${'x'.repeat(60_000)}`)).toMatch(/^PushFailed|^503$/);
    await bystander.expectUnhurt();
  });
});
