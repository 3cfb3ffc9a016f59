import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { AddressRules } from './address-rules.js';
import { SafeHttp } from './safe-http.js';
import { HttpStandIn } from './testing/http-stand-in.js';

const CALL = { headers: { 'content-type': 'text/plain' }, body: 'secret text' };

describe('a call to an address that others named', () => {
  let server: HttpStandIn;
  beforeEach(async () => {
    server = await HttpStandIn.start();
  });
  afterEach(() => server.close());

  const open = new SafeHttp(new AddressRules(['127.0.0.0/8', '::1']), 300);
  const strict = new SafeHttp(new AddressRules());
  const refusal = (kind: string, reason: string) => expect.objectContaining({ kind, reason }) as Error;

  it('is made where it is allowed', async () => {
    server.next({ status: 201, body: 'thanks', headers: { 'x-a': 'b' } });
    expect(await open.post(new URL(`${server.url}/p?q=1`), CALL)).toMatchObject({ status: 201, text: 'thanks' });
    expect(server.arrived).toMatchObject([{ path: '/p?q=1', text: 'secret text' }]);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'never reaches the inside, however it is written: %s',
    async (host) => {
      await expect(strict.post(new URL(`http://${host}:${server.port}/`), CALL)).rejects.toMatchObject({
        kind: 'forbidden',
      });
      expect(server.arrived).toEqual([]);
    },
  );

  it('knows the web and nothing else', async () => {
    for (const url of ['file:///etc/passwd', 'ftp://a.example/', 'gopher://a.example/']) {
      await expect(open.post(new URL(url), CALL)).rejects.toThrow(refusal('forbidden', 'not a web address'));
    }
  });

  it('follows no redirect', async () => {
    server.next({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    expect((await open.post(new URL(server.url), CALL)).status).toBe(302);
    expect(server.arrived).toHaveLength(1);
  });

  it('does not wait for ever, and does not read for ever', async () => {
    server.next('silence');
    await expect(open.post(new URL(server.url), CALL)).rejects.toThrow(refusal('failed', 'no answer in time'));
    server.next({ status: 200, body: 'x'.repeat(70_000) });
    await expect(open.post(new URL(server.url), CALL)).rejects.toThrow(refusal('failed', 'the answer is too long'));
  });

  it('ends when the server speaks of something else', async () => {
    const upgrading = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write('HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'));
    });
    upgrading.listen(0, '127.0.0.1');
    await once(upgrading, 'listening');
    const { port } = upgrading.address() as AddressInfo;
    await expect(open.post(new URL(`http://127.0.0.1:${port}/`), CALL)).rejects.toMatchObject({ kind: 'failed' });
    upgrading.close();
    await once(upgrading, 'close');
  });

  it('says of what went wrong nothing that was sent', async () => {
    server.next('hang-up');
    const error = await open.post(new URL(`${server.url}/secret-path`), CALL).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'failed', reason: 'ECONNRESET' });
    expect(String(error)).not.toMatch(/secret/);
  });
});
