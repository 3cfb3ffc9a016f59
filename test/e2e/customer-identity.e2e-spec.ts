import { WebSocket } from 'ws';
import { AUDIENCE, TokenIssuer } from '../../libs/identity/src/testing/token-issuer.js';
import { COMETD } from '../conformance/cometd-session.js';
import { chatPath, createService, SERVICE } from '../conformance/customer.js';
import { type RunningStack, useStack } from '../conformance/running-stack.js';
import type { HttpReply } from '../support/http.js';

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] };

describe('customers with tokens of their own', () => {
  let issuer: TokenIssuer;
  const env: Record<string, string> = { IDENTITY: 'jwt', JWT_AUDIENCE: AUDIENCE, DEMO_AGENT: '0' };
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    await issuer.addKey('k1');
    Object.assign(env, { JWT_ISSUER: issuer.url, JWKS_URL: issuer.jwksUrl });
  });
  const { client, stack }: RunningStack = useStack({ workers: 0, env });
  afterAll(() => issuer.close());

  const as = async (sub: string, claims: Record<string, unknown> = {}): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await issuer.sign('k1', { sub, ...claims })}`,
  });
  const refusal = ({ status, json }: HttpReply): readonly unknown[] => [
    status,
    (json() as { readonly exception: string }).exception,
  ];

  it('are who the token says, by REST and by CometD', async () => {
    const id = await createService(client, { headers: await as('ann') });
    const other = await client.post(`${SERVICE}/${id}/storage`, { form: { a: 'b' }, headers: await as('bob') });
    expect(other.status).toBe(404);
    const own = await client.post(chatPath(id), { form: { notify_by: 'comet' }, headers: await as('ann') });
    expect(own.json()).toMatchObject({ comet_channel: '/_genesys' });
    const [reply] = (await client.post(COMETD, { json: HANDSHAKE, headers: await as('ann') })).json() as {
      readonly successful: boolean;
    }[];
    expect(reply).toMatchObject({ successful: true });
  });

  it('are not who gms_user says, and may not say otherwise', async () => {
    const headers = { ...(await as('ann')), gms_user: 'bob' };
    expect(refusal(await client.post(`${SERVICE}/request-chat`, { headers }))).toEqual([403, 'FORBIDDEN']);
    expect(refusal(await client.post(COMETD, { json: HANDSHAKE, headers }))).toEqual([403, 'FORBIDDEN']);
    // Without a token there is no user at all.
    const [reply] = (await client.post(COMETD, { json: HANDSHAKE, headers: { gms_user: 'bob' } })).json() as {
      readonly successful: boolean;
      readonly error: string;
    }[];
    expect(reply).toMatchObject({ successful: false, error: expect.stringMatching(/^403::/) as string });
  });

  it('are refused with tokens that are not good', async () => {
    const tokens = [
      await as('ann', { exp: Math.floor(Date.now() / 1000) - 3_600 }),
      await as('ann', { aud: 'somebody-else' }),
      { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.' },
      { authorization: 'Basic YW5uOmFubg==' },
    ];
    const answers = [];
    for (const headers of tokens) answers.push(refusal(await client.post(`${SERVICE}/request-chat`, { headers })));
    expect(answers).toEqual([
      [401, 'TOKEN_EXPIRED'],
      [401, 'TOKEN_INVALID'],
      [401, 'TOKEN_INVALID'],
      [401, 'TOKEN_REQUIRED'],
    ]);
  });

  it('open websockets with them', async () => {
    const statusOf = async (headers: Record<string, string>): Promise<number> => {
      const socket = new WebSocket(`${client.url.replace('http', 'ws')}${COMETD}`, { headers });
      return new Promise((resolve) => {
        socket.on('open', () => {
          socket.close();
          resolve(101);
        });
        socket.on('unexpected-response', (_request, response) => {
          resolve(response.statusCode ?? 0);
        });
        socket.on('error', () => undefined);
      });
    };
    expect(await statusOf(await as('ann'))).toBe(101);
    expect(await statusOf({ authorization: 'Bearer nonsense.nonsense.nonsense' })).toBe(401);
    expect(stack().gateways[0]?.logs()).not.toMatch(/"level":(?:50|60)/);
  });
});
