import { createHmac, createPublicKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { AUDIENCE, type TokenIssuer } from '../../libs/identity/src/testing/token-issuer.js';

/** What is sent instead of a token that is good. */
export interface ForgedToken {
  readonly name: string;
  /** Values of `Authorization`, one header each. */
  readonly headers: (issuer: TokenIssuer, forger: Forger) => Promise<readonly string[]> | readonly string[];
}

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Somebody with keys of his own, who knows all that is public. */
export class Forger {
  readonly jwk: JsonWebKey;
  private readonly key: KeyObject;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    this.key = privateKey;
    this.jwk = publicKey.export({ format: 'jwk' });
  }

  /** Claims that would be believed. */
  claims(issuer: TokenIssuer, other: Record<string, unknown> = {}): Record<string, unknown> {
    const nowS = Math.floor(Date.now() / 1_000);
    return { iss: issuer.url, aud: AUDIENCE, sub: 'ann', iat: nowS, exp: nowS + 300, ...other };
  }

  /** Signed with a key that is not the issuer's. */
  own(header: unknown, claims: unknown): string {
    const text = `${base64url(header)}.${base64url(claims)}`;
    return `${text}.${sign('sha256', Buffer.from(text), this.key).toString('base64url')}`;
  }

  /** Signed with a secret that is none: what everybody knows. */
  hmac(header: Record<string, unknown>, claims: unknown, secret: string | Buffer): string {
    const text = `${base64url({ alg: 'HS256', ...header })}.${base64url(claims)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  unsigned(header: unknown, claims: unknown, signature = ''): string {
    return `${base64url(header)}.${base64url(claims)}.${signature}`;
  }
}

const bearer = (token: string): readonly string[] => [`Bearer ${token}`];
const HEADER = { alg: 'RS256', kid: 'k1' };
const HOUR_S = 3_600;
const nowS = (): number => Math.floor(Date.now() / 1_000);

/** Rows whose token is the issuer's own, with claims that do not do. */
const signed = (name: string, claims: () => Record<string, unknown>): ForgedToken => ({
  name,
  headers: async (issuer) => bearer(await issuer.sign('k1', { sub: 'ann', ...claims() })),
});

/** Rows made with what anybody has. */
const forged = (name: string, make: (forger: Forger, issuer: TokenIssuer) => string): ForgedToken => ({
  name,
  headers: (issuer, forger) => bearer(make(forger, issuer)),
});

const publicPem = (issuer: TokenIssuer): string =>
  createPublicKey({ key: issuer.publicJwk('k1') as JsonWebKey, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();

const NONE = ['none', 'None', 'NONE', 'nOnE', '', 'null'].flatMap((alg): readonly ForgedToken[] => [
  forged(`alg ${alg || 'empty'} without a signature`, (forger, issuer) =>
    forger.unsigned({ alg }, forger.claims(issuer)),
  ),
  forged(`alg ${alg || 'empty'} with some signature`, (forger, issuer) =>
    forger.unsigned({ alg, kid: 'k1' }, forger.claims(issuer), 'AAAA'),
  ),
]);

const CONFUSED = [
  forged('HS256 with the public key as PEM', (forger, issuer) =>
    forger.hmac({ kid: 'k1' }, forger.claims(issuer), publicPem(issuer)),
  ),
  forged('HS256 with the public key as PEM, trimmed', (forger, issuer) =>
    forger.hmac({ kid: 'k1' }, forger.claims(issuer), publicPem(issuer).trim()),
  ),
  forged('HS256 with the modulus', (forger, issuer) =>
    forger.hmac({ kid: 'k1' }, forger.claims(issuer), Buffer.from(String(issuer.publicJwk('k1').n), 'base64url')),
  ),
  forged('HS256 with the key as JSON', (forger, issuer) =>
    forger.hmac({ kid: 'k1' }, forger.claims(issuer), JSON.stringify(issuer.publicJwk('k1'))),
  ),
  forged('HS256 with an empty secret', (forger, issuer) => forger.hmac({ kid: 'k1' }, forger.claims(issuer), '')),
  forged('HS256 without a key id', (forger, issuer) => forger.hmac({}, forger.claims(issuer), publicPem(issuer))),
  ...['RS1', 'ES256', 'PS256', 'HS512', 'EdDSA', 'dir', 'RSA-OAEP', 'RS256 ', 'rs256'].map((alg) =>
    forged(`alg ${JSON.stringify(alg)} of a key that is not for it`, (forger, issuer) =>
      forger.own({ ...HEADER, alg }, forger.claims(issuer)),
    ),
  ),
  ...[7, null, ['RS256'], { RS256: 1 }].map((alg) =>
    forged(`alg ${JSON.stringify(alg)}`, (forger, issuer) => forger.own({ ...HEADER, alg }, forger.claims(issuer))),
  ),
];

const KEYS = [
  forged("somebody else's key under the issuer's key id", (forger, issuer) =>
    forger.own(HEADER, forger.claims(issuer)),
  ),
  ...[
    '../../../../../../dev/null',
    '/dev/null',
    '__proto__',
    "k1' OR '1'='1",
    'k1\0',
    'http://127.0.0.1/keys',
    'x'.repeat(4_000),
    7,
    null,
    ['k1'],
  ].map((kid) =>
    forged(`the key id ${JSON.stringify(kid).slice(0, 30)}`, (forger, issuer) =>
      forger.own({ alg: 'RS256', kid }, forger.claims(issuer)),
    ),
  ),
  forged('a key id of a file of zeros, and an empty secret', (forger, issuer) =>
    forger.hmac({ kid: '../../../../dev/null' }, forger.claims(issuer), ''),
  ),
  forged('a key that it brings along', (forger, issuer) =>
    forger.own({ alg: 'RS256', jwk: forger.jwk }, forger.claims(issuer)),
  ),
  ...['jku', 'x5u'].map((name) =>
    forged(`a key of an address that it names as ${name}`, (forger, issuer) =>
      forger.own({ ...HEADER, [name]: `${issuer.url}/forged` }, forger.claims(issuer)),
    ),
  ),
  forged('a certificate that it brings along', (forger, issuer) =>
    forger.own({ ...HEADER, x5c: ['MIIB'] }, forger.claims(issuer)),
  ),
  forged('crit', (forger, issuer) => forger.own({ ...HEADER, crit: ['exp'], exp: 1 }, forger.claims(issuer))),
  forged('a crit of nothing', (forger, issuer) => forger.own({ ...HEADER, crit: [] }, forger.claims(issuer))),
  forged('a payload that is not encoded', (forger, issuer) =>
    forger.own({ ...HEADER, crit: ['b64'], b64: false }, forger.claims(issuer)),
  ),
];

const CLAIMS = [
  signed('another issuer', () => ({ iss: 'https://evil.example' })),
  signed('no issuer', () => ({ iss: undefined })),
  signed('a list of issuers', () => ({ iss: ['x'] })),
  signed('another audience', () => ({ aud: 'parley-agent' })),
  signed('audiences without ours', () => ({ aud: ['a', 'b'] })),
  signed('no audience', () => ({ aud: undefined })),
  signed('an audience that is an object', () => ({ aud: { [AUDIENCE]: true } })),
  signed('no user', () => ({ sub: undefined })),
  signed('an empty user', () => ({ sub: '' })),
  signed('a user who is a number', () => ({ sub: 7 })),
  signed('a user who is a list', () => ({ sub: ['ann'] })),
  signed('a user of 300 characters', () => ({ sub: 'x'.repeat(300) })),
  signed('no end', () => ({ exp: undefined })),
  signed('an end an hour ago', () => ({ exp: nowS() - HOUR_S })),
  signed('an end in words', () => ({ exp: 'never' })),
  signed('an end that is null', () => ({ exp: null })),
  signed('a beginning in an hour', () => ({ nbf: nowS() + HOUR_S })),
  signed('a beginning in words', () => ({ nbf: 'now' })),
];

const FORMS: readonly ForgedToken[] = [
  ...['', 'x', 'x.y', 'x.y.z.w', 'x.y.z.w.v', '..', '...', 'a..c', '.b.', ' . . ', 'null.null.null', 'e30.e30.e30'].map(
    (token): ForgedToken => ({ name: `the token ${JSON.stringify(token)}`, headers: () => bearer(token) }),
  ),
  forged('claims that are no object', (forger) => forger.own(HEADER, [])),
  forged('claims that are null', (forger) => forger.own(HEADER, 'null')),
  forged('claims that are no JSON', (forger) => forger.own(HEADER, '{')),
  forged('claims 2,000 deep', (forger) => forger.own(HEADER, '['.repeat(2_000) + ']'.repeat(2_000))),
  forged('a header that is no JSON', (forger, issuer) => forger.own('{', forger.claims(issuer))),
  forged('a header 1,000 deep', (forger, issuer) => forger.own('['.repeat(1_000), forger.claims(issuer))),
  forged('names of the prototype', (forger, issuer) =>
    forger.own('{"__proto__":{"alg":"none"},"alg":"RS256","kid":"k1"}', forger.claims(issuer)),
  ),
  signed('a token of 9 kB', () => ({ more: 'x'.repeat(6_700) })),
  {
    name: 'a token cut short',
    headers: async (issuer) => bearer((await issuer.sign('k1', { sub: 'ann' })).slice(0, -20)),
  },
  {
    name: 'a token with another user put into it',
    headers: async (issuer, forger) => {
      const [head = '', , signature = ''] = (await issuer.sign('k1', { sub: 'bob' })).split('.');
      return bearer(`${head}.${base64url(forger.claims(issuer))}.${signature}`);
    },
  },
  {
    name: 'a token with the signature of another one',
    headers: async (issuer) => {
      const [head = '', claims = ''] = (await issuer.sign('k1', { sub: 'ann' })).split('.');
      const [, , signature = ''] = (await issuer.sign('k1', { sub: 'bob' })).split('.');
      return bearer(`${head}.${claims}.${signature}`);
    },
  },
  {
    name: 'two tokens in one header',
    headers: async (issuer) => {
      const token = await issuer.sign('k1', { sub: 'ann' });
      return [`Bearer ${token}, Bearer ${token}`];
    },
  },
  {
    name: 'two tokens with a blank between',
    headers: async (issuer) => {
      const token = await issuer.sign('k1', { sub: 'ann' });
      return [`Bearer ${token} ${token}`];
    },
  },
  {
    name: 'two headers, the first one bad',
    headers: async (issuer) => ['Bearer x.y.z', `Bearer ${await issuer.sign('k1', { sub: 'ann' })}`],
  },
  { name: 'another scheme', headers: async (issuer) => [`Token ${await issuer.sign('k1', { sub: 'ann' })}`] },
  { name: 'a name and password', headers: () => ['Basic YW5uOmFubg=='] },
  { name: 'no scheme', headers: (issuer) => issuer.sign('k1', { sub: 'ann' }).then((token) => [token]) },
  { name: 'a scheme alone', headers: () => ['Bearer'] },
  { name: 'a colour', headers: () => ['Bearer \u001b[31m'] },
];

/** Whatever is no token of the issuer's for us. */
export const forgedTokens: readonly ForgedToken[] = [...NONE, ...CONFUSED, ...KEYS, ...CLAIMS, ...FORMS];
