import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { SettingsError } from '@app/config';
import { exportSPKI, importJWK } from 'jose';
import type { IdentityError } from './identity-error.js';
import { JwtVerifier, type JwtVerifierOptions } from './jwt-verifier.js';
import { AUDIENCE, TokenIssuer } from './testing/token-issuer.js';

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

describe('a verifier of JWTs', () => {
  let issuer: TokenIssuer;

  beforeAll(async () => {
    issuer = await TokenIssuer.start();
    await issuer.addKey('rsa');
  });
  beforeEach(() => {
    issuer.publish('rsa');
    issuer.misbehave(undefined);
    issuer.asked.length = 0;
  });
  afterAll(() => issuer.close());

  const open = (options: Partial<JwtVerifierOptions> = {}): JwtVerifier =>
    new JwtVerifier({ issuer: issuer.url, audience: AUDIENCE, jwksUrl: issuer.jwksUrl, ...options });

  const refusal = async (token: string, verifier = open()): Promise<string> => {
    const claims: unknown = await verifier.verify(token).catch((error: unknown) => {
      const { code, message, cause } = error as IdentityError;
      // Whatever is logged of it.
      if (token !== '') expect(`${message} ${String(cause)}`).not.toContain(token.slice(-40));
      return `${code}: ${message}`;
    });
    expect(claims).toEqual(expect.any(String));
    return String(claims);
  };

  const nowS = (): number => Math.floor(Date.now() / 1_000);
  const claims = (): Record<string, unknown> => ({ iss: issuer.url, aud: AUDIENCE, sub: 'ada', exp: nowS() + 300 });

  const UNSIGNED = 'TOKEN_INVALID: Authorization: expected a JWT signed with a key of its issuer';
  const ALGORITHM = 'TOKEN_INVALID: Authorization: expected a JWT signed with one of RS256, PS256, ES256, EdDSA';
  const PARTS = 'TOKEN_INVALID: Authorization: expected a signed JWT: three parts with dots between them';

  describe('takes', () => {
    it('what its issuer signed for it, and says what stands in it', async () => {
      const verified = await open().verify(await issuer.sign('rsa', { colour: 'red' }));
      expect(verified).toMatchObject({ sub: 'ada', iss: issuer.url, aud: AUDIENCE, colour: 'red' });
    });

    it.each(['PS256', 'ES256', 'EdDSA'])('%s by default', async (alg) => {
      await issuer.addKey(alg, alg);
      expect(await open().verify(await issuer.sign(alg))).toMatchObject({ sub: 'ada' });
    });

    it('a token for several audiences, one of them its own', async () => {
      expect(await open().verify(await issuer.sign('rsa', { aud: ['other', AUDIENCE] }))).toMatchObject({ sub: 'ada' });
    });

    it('a token that expired less than the difference of the clocks ago', async () => {
      const token = await issuer.sign('rsa', { exp: nowS() - 10, nbf: nowS() + 10 });
      expect(await open().verify(token)).toMatchObject({ sub: 'ada' });
      expect(await refusal(await issuer.sign('rsa', { exp: nowS() - 10 }), open({ clockToleranceS: 0 }))).toBe(
        'TOKEN_EXPIRED: Authorization: expected a JWT that has not expired; sign in again',
      );
    });

    it('a token that names no key, when one of several fits', async () => {
      await issuer.addKey('second');
      await issuer.addKey('third');
      const verifier = open();
      expect(await verifier.verify(await issuer.sign('second', {}, { kid: undefined as never }))).toMatchObject({
        sub: 'ada',
      });
      const token = await issuer.sign('third', {}, { kid: undefined as never });
      issuer.publish('rsa', 'second');
      expect(await refusal(token)).toBe(UNSIGNED);
    });
  });

  describe('refuses', () => {
    it('what is not signed', async () => {
      const body = base64url(claims());
      expect(await refusal(`${base64url({ alg: 'none' })}.${body}.`)).toBe(PARTS);
      for (const alg of ['none', 'None', 'NONE', '']) {
        expect(await refusal(`${base64url({ alg })}.${body}.c2lnbmVk`)).toBe(
          alg === '' ? 'TOKEN_INVALID: Authorization: expected a sound JWT' : ALGORITHM,
        );
      }
      expect(await refusal(`${base64url({ typ: 'JWT' })}.${body}.c2lnbmVk`)).toBe(
        'TOKEN_INVALID: Authorization: expected a sound JWT',
      );
      expect(issuer.asked).toEqual([]);
    });

    it.each(['HS256', 'HS384', 'HS512'])(
      "what is signed by %s with the issuer's public key as the secret",
      async (alg) => {
        const { kid, n, e, kty } = issuer.publicJwk('rsa');
        const key = await importJWK({ kty, n, e } as never, 'RS256', { extractable: true });
        for (const secret of [await exportSPKI(key), JSON.stringify(issuer.publicJwk('rsa')), n ?? '']) {
          const signed = `${base64url({ alg, kid })}.${base64url(claims())}`;
          const signature = createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url');
          expect(await refusal(`${signed}.${signature}`)).toBe(ALGORITHM);
        }
      },
    );

    it('an algorithm that was not allowed', async () => {
      expect(await refusal(await issuer.sign('rsa'), open({ algorithms: ['ES256'] }))).toBe(
        'TOKEN_INVALID: Authorization: expected a JWT signed with one of ES256',
      );
    });

    it('an algorithm that is not that of the key', async () => {
      const [, body = '', signature = ''] = (await issuer.sign('rsa')).split('.');
      for (const alg of ['PS256', 'ES256', 'EdDSA']) {
        expect(await refusal(`${base64url({ alg, kid: 'rsa' })}.${body}.${signature}`)).toBe(UNSIGNED);
      }
    });

    it('what was changed after it was signed', async () => {
      const [header = '', , signature = ''] = (await issuer.sign('rsa')).split('.');
      expect(await refusal(`${header}.${base64url({ ...claims(), sub: 'eve' })}.${signature}`)).toBe(UNSIGNED);
      const [first = '', body = ''] = (await issuer.sign('rsa')).split('.');
      expect(await refusal(`${first}.${body}.${'A'.repeat(342)}`)).toBe(UNSIGNED);
      expect(await refusal(`${first}.${body}.AA`)).toBe(UNSIGNED);
    });

    it('what another issuer signed, whatever key it brings or points to', async () => {
      const other = await TokenIssuer.start();
      await other.addKey('rsa');
      const jwk = other.publicJwk('rsa');
      const verifier = open();
      for (const header of [{}, { jwk }, { jku: other.jwksUrl }, { x5u: other.jwksUrl }, { x5c: ['AAAA'] }]) {
        expect(await refusal(await other.sign('rsa', claims(), header), verifier)).toBe(UNSIGNED);
      }
      expect(other.asked).toEqual([]);
      await other.close();
    });

    it('key ids that lead elsewhere, and asks no other address for them', async () => {
      const verifier = open({ coolDownMs: 0 });
      for (const kid of [
        '../../../../dev/null',
        '/etc/passwd',
        'file:///etc/passwd',
        `${issuer.url}/evil`,
        "' OR 1=1 --",
        '| sleep 9',
        '__proto__',
        'rsa\u0000',
        '',
      ]) {
        expect(await refusal(await issuer.sign('rsa', {}, { kid }), verifier)).toBe(UNSIGNED);
      }
      for (const kid of [1, null, true, ['rsa'], { kid: 'rsa' }]) {
        const token = `${base64url({ alg: 'RS256', kid })}.${base64url(claims())}.AAAA`;
        expect(await refusal(token, verifier)).toBe(UNSIGNED);
      }
      expect(new Set(issuer.asked)).toEqual(new Set(['/keys']));
    });

    it.each<[string, Record<string, unknown>, () => string]>([
      ['another issuer', { iss: 'https://other.example' }, () => `a JWT whose iss is "${issuer.url}"`],
      ['no issuer', { iss: undefined }, () => `a JWT whose iss is "${issuer.url}"`],
      ['several issuers', { iss: ['a', 'b'] }, () => `a JWT whose iss is "${issuer.url}"`],
      ['another audience', { aud: 'parley' }, () => 'a JWT whose aud is or has "parley-agents"'],
      ['no audience', { aud: undefined }, () => 'a JWT whose aud is or has "parley-agents"'],
      ['an audience that is an object', { aud: { 0: AUDIENCE } }, () => 'a JWT whose aud is or has "parley-agents"'],
      ['no subject', { sub: undefined }, () => 'a JWT whose sub is a text of 1 to 255 characters'],
      ['an empty subject', { sub: '' }, () => 'a JWT whose sub is a text of 1 to 255 characters'],
      ['a subject that is a number', { sub: 7 }, () => 'a JWT whose sub is a text of 1 to 255 characters'],
      ['a long subject', { sub: 'x'.repeat(256) }, () => 'a JWT whose sub is a text of 1 to 255 characters'],
      ['no end', { exp: undefined }, () => 'a JWT whose exp is a number of seconds'],
      ['an end that is a text', { exp: '9999999999' }, () => 'a JWT whose exp is a number of seconds'],
      ['a beginning to come', { nbf: 9_999_999_999 }, () => 'a JWT that is valid already, by its nbf'],
      ['a beginning that is a text', { nbf: '0' }, () => 'a JWT that is valid already, by its nbf'],
    ])('a token with %s', async (_, changed, expected) => {
      expect(await refusal(await issuer.sign('rsa', changed))).toBe(
        `TOKEN_INVALID: Authorization: expected ${expected()}`,
      );
    });

    it('an expired token, and says so', async () => {
      expect(await refusal(await issuer.sign('rsa', { exp: nowS() - 60 }))).toBe(
        'TOKEN_EXPIRED: Authorization: expected a JWT that has not expired; sign in again',
      );
    });

    it('an expired token of somebody else as one that is not signed', async () => {
      const other = await TokenIssuer.start();
      await other.addKey('rsa');
      expect(await refusal(await other.sign('rsa', { ...claims(), exp: 1 }))).toBe(UNSIGNED);
      await other.close();
    });

    it('extensions that would have to be understood', async () => {
      const crit = 'TOKEN_INVALID: Authorization: expected a JWT without crit in its header';
      expect(await refusal(await issuer.sign('rsa', {}, { b64: true, crit: ['b64'] }))).toBe(crit);
      for (const header of [{ crit: [] }, { crit: ['exp'], exp: 1 }, { crit: null }, { crit: 'b64' }]) {
        const token = `${base64url({ alg: 'RS256', kid: 'rsa', ...header })}.${base64url(claims())}.AAAA`;
        expect(await refusal(token)).toBe(crit);
      }
    });

    it('a token of more than 8 KiB, however well signed', async () => {
      const long = await issuer.sign('rsa', { filling: 'x'.repeat(6_200) });
      expect(long.length).toBeGreaterThan(8_192);
      expect(await refusal(long)).toBe('TOKEN_INVALID: Authorization: expected a JWT of at most 8192 bytes');
    });

    it.each([
      ['nothing', '', PARTS],
      ['two parts', 'a.b', PARTS],
      ['five parts, as if encrypted', 'a.b.c.d.e', PARTS],
      ['padding', 'YQ==.YQ==.YQ==', PARTS],
      ['JSON', '{"protected":"","payload":"","signature":""}', PARTS],
      ['line ends', `${base64url({ alg: 'RS256' })}.\n.AA`, PARTS],
      ['a header that is not JSON', 'AAAA.AAAA.AAAA', 'TOKEN_INVALID: Authorization: expected a sound JWT'],
      ['a header that is a list', `${base64url([])}.e30.AAAA`, 'TOKEN_INVALID: Authorization: expected a sound JWT'],
    ])('%s', async (_, token, expected) => {
      expect(await refusal(token)).toBe(expected);
      expect(issuer.asked).toEqual([]);
    });

    it('claims that are no object', async () => {
      for (const body of ['[]', '"ada"', 'null', '{']) {
        const token = `${base64url({ alg: 'RS256', kid: 'rsa' })}.${base64url(body)}.AAAA`;
        expect(await refusal(token)).toBe(UNSIGNED);
      }
    });
  });

  describe('and the keys of its issuer', () => {
    const UNAVAILABLE = (): string =>
      `IDENTITY_UNAVAILABLE: the keys of the issuer cannot be had from ${issuer.jwksUrl}`;

    it('asks for them once', async () => {
      const verifier = open();
      expect(issuer.asked).toEqual([]);
      await Promise.all([1, 2, 3].map(async () => verifier.verify(await issuer.sign('rsa'))));
      await verifier.verify(await issuer.sign('rsa'));
      expect(issuer.asked).toEqual(['/keys']);
    });

    it('asks again for a key that it does not know, but not for each token that names one', async () => {
      await issuer.addKey('new');
      issuer.publish('rsa');
      const cool = open();
      const eager = open({ coolDownMs: 0 });
      await cool.verify(await issuer.sign('rsa'));
      await eager.verify(await issuer.sign('rsa'));
      issuer.publish('rsa', 'new');
      issuer.asked.length = 0;
      expect(await eager.verify(await issuer.sign('new'))).toMatchObject({ sub: 'ada' });
      expect(issuer.asked).toEqual(['/keys']);
      expect(await refusal(await issuer.sign('new'), cool)).toBe(UNSIGNED);
      expect(await refusal(await issuer.sign('new', {}, { kid: 'invented' }), cool)).toBe(UNSIGNED);
      expect(issuer.asked).toEqual(['/keys']);
    });

    it.each<[string, Parameters<TokenIssuer['misbehave']>[0]]>([
      ['is broken', (response) => response.writeHead(500).end()],
      ['hangs up', (response) => response.destroy()],
      ['says nothing', () => undefined],
      ['sends to another place', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
      ['answers with a page', (response) => response.end('<html>')],
      ['answers with no key set', (response) => response.end('{"keys":{}}')],
    ])('says that nobody can tell when the issuer %s', async (_, answer) => {
      issuer.misbehave(answer);
      const verifier = open({ timeoutMs: 100, retryAfterMs: 0 });
      expect(await refusal(await issuer.sign('rsa'), verifier)).toBe(UNAVAILABLE());
      expect(new Set(issuer.asked)).toEqual(new Set(['/keys']));
      issuer.misbehave(undefined);
      expect(await verifier.verify(await issuer.sign('rsa'))).toMatchObject({ sub: 'ada' });
    });

    it('says so when nobody listens there', async () => {
      const gone = await TokenIssuer.start();
      await gone.close();
      expect(await refusal(await issuer.sign('rsa'), open({ jwksUrl: gone.jwksUrl }))).toBe(
        `IDENTITY_UNAVAILABLE: the keys of the issuer cannot be had from ${gone.jwksUrl}`,
      );
    });

    it('leaves an issuer alone that did not answer', async () => {
      issuer.misbehave((response) => response.writeHead(500).end());
      const verifier = open();
      const token = await issuer.sign('rsa');
      for (const each of [token, token, token]) expect(await refusal(each, verifier)).toBe(UNAVAILABLE());
      expect(issuer.asked).toEqual(['/keys']);
    });

    it('still refuses what needs no key while the issuer is away', async () => {
      issuer.misbehave((response) => response.writeHead(500).end());
      expect(await refusal(`${base64url({ alg: 'none' })}.${base64url(claims())}.AAAA`)).toBe(ALGORITHM);
    });

    it('goes on with the keys it had while the issuer is away, but not for ever', async () => {
      const verifier = open({ freshMs: 0, retryAfterMs: 0 });
      const strict = open({ freshMs: 0, retryAfterMs: 0, staleMs: -1 });
      await verifier.verify(await issuer.sign('rsa'));
      await strict.verify(await issuer.sign('rsa'));
      issuer.misbehave((response) => response.writeHead(500).end());
      expect(await verifier.verify(await issuer.sign('rsa'))).toMatchObject({ sub: 'ada' });
      expect(await refusal(await issuer.sign('rsa', { exp: 1 }), verifier)).toContain('TOKEN_EXPIRED');
      expect(await refusal(await issuer.sign('rsa'), strict)).toBe(UNAVAILABLE());
      // It may be new: nobody can tell.
      expect(await refusal(await issuer.sign('rsa', {}, { kid: 'new' }), verifier)).toBe(UNAVAILABLE());
    });

    it('says so of a key that is too weak, and takes the others', async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
      const weak = { ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256', use: 'sig' };
      issuer.misbehave((response) => response.end(JSON.stringify({ keys: [weak, issuer.publicJwk('rsa')] })));
      const signed = `${base64url({ alg: 'RS256', kid: 'weak' })}.${base64url(claims())}`;
      const signature = createSign('sha256').update(signed).sign(privateKey, 'base64url');
      const verifier = open();
      expect(await refusal(`${signed}.${signature}`, verifier)).toBe(
        `IDENTITY_UNAVAILABLE: a key from ${issuer.jwksUrl} cannot be used`,
      );
      expect(await verifier.verify(await issuer.sign('rsa'))).toMatchObject({ sub: 'ada' });
    });

    it('drops a key that its issuer has taken back', async () => {
      await issuer.addKey('old');
      const verifier = open({ freshMs: 0 });
      await verifier.verify(await issuer.sign('old'));
      issuer.publish('rsa');
      expect(await refusal(await issuer.sign('old'), verifier)).toBe(UNSIGNED);
    });
  });

  it.each<[string, Partial<JwtVerifierOptions>]>([
    [
      'algorithms: expected some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, got "none"',
      { algorithms: ['RS256', 'none'] },
    ],
    [
      'algorithms: expected some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, got "HS256"',
      { algorithms: ['HS256'] },
    ],
    [
      'algorithms: expected some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, got []',
      { algorithms: [] },
    ],
    ['issuer: expected a text, got ""', { issuer: '' }],
    ['audience: expected a text, got ""', { audience: '' }],
    ['jwksUrl: expected an http or https URL without a user', { jwksUrl: 'file:///etc/keys' }],
    ['jwksUrl: expected an http or https URL without a user', { jwksUrl: 'https://me:secret@idp.example/keys' }],
    ['clockToleranceS: expected 0 to 600 seconds, got -1', { clockToleranceS: -1 }],
  ])('does not start with "%s"', (message, options) => {
    expect(() => open(options)).toThrow(new SettingsError(message));
  });
});
