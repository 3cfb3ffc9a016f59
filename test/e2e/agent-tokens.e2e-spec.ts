import { AUDIENCE, TokenIssuer } from '../../libs/identity/src/testing/token-issuer.js';
import { startChat } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { ApiAgent } from '../support/api-agent.js';
import { HttpClient } from '../support/http.js';

describe('agents with tokens of an identity provider', () => {
  let issuer: TokenIssuer;
  const env: Record<string, string> = { AGENT_JWT_AUDIENCE: AUDIENCE, DEMO_AGENT: '0', OIDC_CLIENT_ID: 'desk' };
  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    await issuer.addKey('k1');
    Object.assign(env, { AGENT_JWT_ISSUER: issuer.url, AGENT_JWKS_URL: issuer.jwksUrl });
  });
  const { client, stack } = useStack({ env });
  const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
  afterAll(async () => {
    internal.close();
    await issuer.close();
  });

  const agent = async (sub: string, claims: Record<string, unknown>): Promise<ApiAgent> =>
    new ApiAgent(sub, internal, await issuer.sign('k1', { sub, ...claims }));

  it('work a chat with the skills that their claims have', async () => {
    const claims = { parley_role: 'agent', nickname: 'Kate', parley_skills: { sales: 3 }, parley_capacity: 2 };
    const kate = await agent('kate', claims);
    await kate.ready();
    expect(await kate.get('/me')).toMatchObject({
      agent: { id: 'kate', nickname: 'Kate', role: 'agent', skills: { sales: 3 }, capacity: 2 },
    });
    const chat = await startChat(client);
    await kate.accept(chat.id);
    await kate.post(`/chats/${chat.id}/end`);
  });

  it('are refused with the token of a customer, one that ran out, and one for somebody else', async () => {
    const hourAgo = Math.floor(Date.now() / 1_000) - 3_600;
    const refused: readonly (readonly [ApiAgent, string])[] = [
      [await agent('customer-1', {}), 'TOKEN_INVALID'],
      [await agent('kate', { parley_role: 'agent', exp: hourAgo }), 'TOKEN_EXPIRED'],
      [await agent('kate', { parley_role: 'agent', aud: 'other' }), 'TOKEN_INVALID'],
      [await agent('customer', { parley_role: 'admin' }), 'TOKEN_INVALID'],
      [await agent('robot', { parley_role: 'admin' }), 'TOKEN_INVALID'],
    ];
    for (const [each, exception] of refused) {
      const reply = await each.call('GET', '/me');
      expect([reply.status, reply.json()]).toEqual([401, expect.objectContaining({ exception })]);
    }
  });

  it('are supervisors when one of their roles says so', async () => {
    const sam = await agent('sam', { parley_role: ['agent', 'supervisor'] });
    await sam.get('/supervision/queues');
    const kate = await agent('kate', { parley_role: 'agent' });
    expect((await kate.call('GET', '/supervision/queues')).status).toBe(403);
  });

  it('are told by the desk where to sign in', async () => {
    const config = await internal.get('/desk/config.json');
    expect(config.json()).toEqual({ oidc: { authority: issuer.url, clientId: 'desk' } });
    const page = await internal.get('/desk');
    expect(page.headers['content-security-policy']).toContain(`connect-src 'self' ${issuer.url}`);
  });
});
