import { AgentIdentities, type AgentIdentitiesOptions } from './agent-identities.js';
import type { AgentProfile } from './agent-profile.js';
import { readAgentsDocument } from './agents-document.js';
import type { KnownAgents } from './agents-file.js';
import type { IdentityError } from './identity-error.js';
import { JwtVerifier } from './jwt-verifier.js';
import { AUDIENCE, TokenIssuer } from './testing/token-issuer.js';

const TOKEN = 'an-agents-token-of-length/32+==';

const knownAgents = (source: string): KnownAgents => {
  const { agents, ids } = readAgentsDocument('agents.yaml', source);
  const withId = (id: string): AgentProfile | undefined => agents.get(id);
  return { all: [...agents.values()], withId, withTokenDigest: (digest) => withId(ids.get(digest) ?? '') };
};

const AGENTS = knownAgents(`
agents:
  - { id: ada, nickname: Ada, role: supervisor, skills: { sales: 70 }, capacity: 7, fallback: true, token: ${TOKEN} }
  - { id: boss, role: admin }
`);

describe('the identity of agents', () => {
  let issuer: TokenIssuer;

  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    await issuer.addKey('rsa');
  });
  afterAll(() => issuer.close());

  const verifier = (): JwtVerifier =>
    new JwtVerifier({ issuer: issuer.url, audience: AUDIENCE, jwksUrl: issuer.jwksUrl });
  const open = (options: AgentIdentitiesOptions = {}): AgentIdentities =>
    new AgentIdentities({ agents: AGENTS, verifier: verifier(), ...options });

  const refusal = async (header: string | undefined, identities = open()): Promise<string> => {
    const outcome: unknown = await identities.identify(header).catch((error: unknown) => {
      const { code, message } = error as IdentityError;
      return `${code}: ${message}`;
    });
    expect(outcome).toEqual(expect.any(String));
    return String(outcome);
  };

  /** Who has a JWT with these claims. */
  const identify = async (claims: Record<string, unknown>, identities = open()): Promise<AgentProfile> =>
    identities.identify(`Bearer ${await issuer.sign('rsa', claims)}`);

  const jwtRefusal = async (claims: Record<string, unknown>, identities = open()): Promise<string> =>
    refusal(`Bearer ${await issuer.sign('rsa', claims)}`, identities);

  const ADA = {
    ...{ id: 'ada', nickname: 'Ada', role: 'supervisor', skills: { sales: 70 }, capacity: 7, isFallback: true },
  };

  describe('by a token of the agents file', () => {
    it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER   ${TOKEN}`, `Bearer ${TOKEN} `])('%s', async (header) => {
      expect(await open().identify(header)).toEqual(ADA);
      expect(await open({ verifier: undefined }).identify(header)).toEqual(ADA);
    });

    it.each([
      [undefined, 'TOKEN_REQUIRED: Authorization: expected Bearer and a token, got nothing'],
      ['', 'TOKEN_REQUIRED: Authorization: expected Bearer and a token, got nothing'],
      [`Basic ${TOKEN}`, 'TOKEN_REQUIRED: Authorization: expected Bearer and a token, got another scheme'],
      [TOKEN, 'TOKEN_REQUIRED: Authorization: expected Bearer and a token, got another scheme'],
      [`Bearer:${TOKEN}`, 'TOKEN_REQUIRED: Authorization: expected Bearer and a token, got another scheme'],
      ['Bearer', 'TOKEN_INVALID: Authorization: expected one token after Bearer, without spaces or quotes'],
      ['Bearer ', 'TOKEN_INVALID: Authorization: expected one token after Bearer, without spaces or quotes'],
      [`Bearer "${TOKEN}"`, 'TOKEN_INVALID: Authorization: expected one token after Bearer, without spaces or quotes'],
      [
        `Bearer ${TOKEN}, Bearer ${TOKEN}`,
        'TOKEN_INVALID: Authorization: expected one token after Bearer, without spaces or quotes',
      ],
      [`Bearer ${'x'.repeat(9_000)}`, 'TOKEN_INVALID: Authorization: expected at most 8300 bytes'],
      [`Bearer ${TOKEN}=`, 'TOKEN_INVALID: Authorization: expected a token of the agents file, or a JWT'],
      [`Bearer ${TOKEN.toUpperCase()}`, 'TOKEN_INVALID: Authorization: expected a token of the agents file, or a JWT'],
      ['Bearer ada', 'TOKEN_INVALID: Authorization: expected a token of the agents file, or a JWT'],
      ['Bearer a.b', 'TOKEN_INVALID: Authorization: expected a signed JWT: three parts with dots between them'],
    ])('but not by %s', async (header, expected) => {
      expect(await refusal(header)).toBe(expected);
    });

    it('alone, where no JWTs are taken', async () => {
      const alone = open({ verifier: undefined });
      const expected = 'TOKEN_INVALID: Authorization: expected a token of the agents file';
      expect(await jwtRefusal({ parley_role: 'agent' }, alone)).toBe(expected);
      expect(await refusal('Bearer unknown', new AgentIdentities({}))).toBe(expected);
    });
  });

  describe('by a JWT', () => {
    it('says all of him', async () => {
      const claims = {
        ...{ sub: 'cyd', nickname: 'Cyd', name: 'Cyd Charisse', parley_role: 'agent' },
        ...{ parley_skills: { sales: 80, french: '40' }, parley_capacity: 5 },
      };
      expect(await identify(claims)).toEqual({
        ...{ id: 'cyd', nickname: 'Cyd', role: 'agent', skills: { sales: 80, french: 40 }, capacity: 5 },
        isFallback: false,
      });
    });

    it('leaves out what the agents file says, or what is usual', async () => {
      expect(await identify({ sub: 'ada', parley_role: 'agent' })).toEqual({ ...ADA, role: 'agent' });
      expect(await identify({ sub: 'cyd', name: 'Cyd Charisse', parley_role: 'agent' })).toEqual({
        ...{ id: 'cyd', nickname: 'Cyd Charisse', role: 'agent', skills: {}, capacity: 3, isFallback: false },
      });
      const withoutFile = open({ agents: undefined });
      expect(await identify({ sub: 'ada', parley_role: 'agent' }, withoutFile)).toMatchObject({ nickname: 'ada' });
    });

    it('counts before the agents file', async () => {
      const claims = { sub: 'ada', nickname: 'A.', parley_role: 'agent', parley_skills: ['it'], parley_capacity: '2' };
      expect(await identify(claims)).toEqual({
        ...{ id: 'ada', nickname: 'A.', role: 'agent', skills: { it: 100 }, capacity: 2, isFallback: true },
      });
    });

    it.each([
      ['agent', 'agent'],
      [['agent', 'admin', 'supervisor'], 'admin'],
      [['offline_access', 'supervisor'], 'supervisor'],
    ])('has the highest of its roles: %j', async (value, role) => {
      expect(await identify({ parley_role: value })).toMatchObject({ role });
    });

    it('has its role and id where they are said to be', async () => {
      const claims = { idClaim: 'preferred_username', roleClaim: 'realm_access.roles' };
      const said = { sub: 'f81d4fae', preferred_username: 'grace', realm_access: { roles: ['supervisor'] } };
      expect(await identify(said, open({ claims }))).toMatchObject({ id: 'grace', role: 'supervisor' });
      const url = 'https://chat.example/role';
      expect(await identify({ [url]: 'admin' }, open({ claims: { roleClaim: url } }))).toMatchObject({ role: 'admin' });
      expect(await jwtRefusal({ parley_role: 'agent' }, open({ claims }))).toBe(
        'TOKEN_INVALID: Authorization: expected a JWT whose realm_access.roles is or has one of agent, supervisor, admin',
      );
    });

    it.each([undefined, null, '', [], 'customer', 'Agent', 'agent admin', { agent: true }, [['agent']], 1, true])(
      'is none of an agent with the role %j, even if the agents file has his id',
      async (value) => {
        expect(await jwtRefusal({ sub: 'boss', parley_role: value })).toBe(
          'TOKEN_INVALID: Authorization: expected a JWT whose parley_role is or has one of agent, supervisor, admin',
        );
      },
    );

    it.each(['customer', 'system', 'a b', 'ada@example.com', 'x'.repeat(65), 'agent:ada', '../ada'])(
      'is none of an agent with the id %s',
      async (sub) => {
        expect(await jwtRefusal({ sub, parley_role: 'agent' })).toBe(
          "TOKEN_INVALID: Authorization: expected a JWT whose sub is an agent's id: 1 to 64 letters, digits, dots, dashes or underscores, not customer or system",
        );
      },
    );

    it.each(['sales', 1, { sales: 0 }, { sales: 101 }, { sales: 'all' }, { sales: null }, { 'a b': 1 }, [1], ['a b']])(
      'is refused with the skills %j',
      async (value) => {
        expect(await jwtRefusal({ parley_role: 'agent', parley_skills: value })).toBe(
          'TOKEN_INVALID: Authorization: expected a JWT whose parley_skills are levels from 1 to 100 by name, or a list of names, at most 64',
        );
      },
    );

    it.each([0, 101, 1.5, 'many', '-1', [3]])('is refused with the capacity %j', async (value) => {
      expect(await jwtRefusal({ parley_role: 'agent', parley_capacity: value })).toBe(
        'TOKEN_INVALID: Authorization: expected a JWT whose parley_capacity is a whole number from 1 to 100',
      );
    });

    it.each(['', '  ', 'two\nlines', 'x'.repeat(129), 7, '\u202e\u0000'])(
      'that has the nickname %j is known by another name',
      async (nickname) => {
        expect(await identify({ sub: 'cyd', parley_role: 'agent', nickname, name: 'Cyd' })).toMatchObject({
          nickname: 'Cyd',
        });
      },
    );

    it('is told from one that has expired, and from one of which nobody can tell', async () => {
      expect(await jwtRefusal({ parley_role: 'agent', exp: 1 })).toBe(
        'TOKEN_EXPIRED: Authorization: expected a JWT that has not expired; sign in again',
      );
      issuer.misbehave((response) => response.writeHead(503).end());
      expect(await jwtRefusal({ parley_role: 'agent' })).toBe(
        `IDENTITY_UNAVAILABLE: the keys of the issuer cannot be had from ${issuer.jwksUrl}`,
      );
      // Tokens of the file need no issuer.
      expect(await open().identify(`Bearer ${TOKEN}`)).toEqual(ADA);
      issuer.misbehave(undefined);
    });

    it('is verified once, and its agent looked up each time', async () => {
      let verified = 0;
      let agents = AGENTS;
      const real = verifier();
      const identities = new AgentIdentities({
        agents: { all: [], withId: (id) => agents.withId(id), withTokenDigest: () => undefined },
        verifier: {
          verify: (token) => {
            verified += 1;
            return real.verify(token);
          },
        },
      });
      const header = `Bearer ${await issuer.sign('rsa', { parley_role: 'agent' })}`;
      expect(await identities.identify(header)).toMatchObject({ nickname: 'Ada' });
      agents = knownAgents('agents: [{ id: ada, nickname: Adele }]');
      expect(await identities.identify(header)).toMatchObject({ nickname: 'Adele' });
      expect(verified).toBe(1);
    });
  });
});
