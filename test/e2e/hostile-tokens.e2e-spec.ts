import { AUDIENCE, TokenIssuer } from '../../libs/identity/src/testing/token-issuer.js';
import { COMETD } from '../conformance/cometd-session.js';
import { createService, SERVICE } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { useBystander } from '../hostile/bystander.js';
import { Forger, forgedTokens } from '../hostile/tokens.js';
import { HEADERS_LARGE, MALFORMED, UNAUTHORIZED } from '../hostile/statuses.js';
import { expectAllowed } from '../hostile/verdict.js';
import { sendRaw } from '../support/http.js';

/** Tokens of customers that are forged, stolen or stale: 401 at every door, and not a letter of them in the log. */
describe('a token that is not good', () => {
  let issuer: TokenIssuer;
  const forger = new Forger();
  const env: Record<string, string> = {
    ...{ IDENTITY: 'jwt', JWT_AUDIENCE: AUDIENCE, DEMO_AGENT: '0', SERVICES_PER_10S: '1000000' },
  };
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    await issuer.addKey('k1');
    await issuer.addKey('k2', 'ES256');
    Object.assign(env, { JWT_ISSUER: issuer.url, JWKS_URL: issuer.jwksUrl });
  });
  const { client, stack } = useStack({ workers: 0, env });
  const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');
  let annsId = '';
  beforeAll(async () => {
    const headers = { authorization: `Bearer ${await issuer.sign('k1', { sub: 'ann' })}` };
    annsId = await createService(client, { headers });
    await client.post(`${SERVICE}/${annsId}/storage`, { form: { a: 'between us' }, headers });
  });
  beforeEach(async () => {
    await bystander.newLines();
  });
  afterAll(() => issuer.close());

  const DOORS: readonly (readonly [string, (id: string) => string, string, string])[] = [
    ['REST', (id) => `GET ${SERVICE}/${id}/storage`, '', ''],
    ['Bayeux', () => `POST ${COMETD}`, 'application/json', '{"channel":"/meta/handshake","version":"1.0"}'],
    ['a websocket', () => `GET ${COMETD}`, '', ''],
  ];
  const UPGRADE =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

  describe.each(DOORS)('at the door of %s', (door, lineOf, type, body) => {
    it.each(forgedTokens.map((row) => [row.name, row] as const))('%s lets nobody in', async (_name, { headers }) => {
      const values = await headers(issuer, forger);
      const authorization = values.map((value) => `Authorization: ${value}\r\n`).join('');
      const more = door === 'a websocket' ? UPGRADE : 'Connection: close\r\n';
      const content = type === '' ? '' : `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
      const reply = await sendRaw(
        client.url,
        `${lineOf(annsId)} HTTP/1.1\r\nHost: parley\r\n${authorization}${more}${content}\r\n${body}`,
      );
      expectAllowed(reply, { allowed: [UNAUTHORIZED, MALFORMED, HEADERS_LARGE], forbids: /between us|"clientId"/ });
      await bystander.expectUnhurt();
      const parts = values.flatMap((value) => value.split(/[\s.,]+/)).filter((part) => part.length > 12);
      await bystander.expectQuietLog(['between us', ...parts]);
    });
  });

  it('never makes us ask another address than that of the issuer’s keys', () => {
    expect(new Set(issuer.asked)).toEqual(new Set(['/keys']));
    // An unknown key id has the keys asked for again, but not each time.
    expect(issuer.asked.length).toBeLessThan(10);
  });

  it('does not lend the name of another user by a header', async () => {
    const bob = { authorization: `Bearer ${await issuer.sign('k1', { sub: 'bob' })}` };
    expect((await client.get(`${SERVICE}/${annsId}/storage`, { headers: bob })).status).toBe(404);
    const asAnn = await client.get(`${SERVICE}/${annsId}/storage`, { headers: { ...bob, gms_user: 'ann' } });
    expect(asAnn.status).toBe(403);
  });

  it.each(['k1', 'k2'])('is not one of the issuer’s, signed with %s', async (kid) => {
    const headers = { authorization: `Bearer ${await issuer.sign(kid, { sub: 'ann' })}` };
    expect((await client.get(`${SERVICE}/${annsId}/storage`, { headers })).text).toBe('{"a":"between us"}');
  });
});
