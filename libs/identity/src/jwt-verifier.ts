import { SettingsError } from '@app/config';
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import { IdentityError, invalidToken } from './identity-error.js';
import { RemoteKeys, type RemoteKeysOptions } from './remote-keys.js';

/** What a sound token says. */
export type VerifiedClaims = JWTPayload & { readonly sub: string; readonly exp: number };

export interface TokenVerifier {
  /** @throws IdentityError when it is not a sound token, or nobody can tell now */
  verify: (token: string) => Promise<VerifiedClaims>;
}

/** Signatures that need no shared secret: the issuer's public key never signs. */
const ALGORITHMS: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

export const STANDARD_JWT_ALGORITHMS: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

export interface JwtVerifierOptions extends RemoteKeysOptions {
  /** `iss`, exactly. */
  readonly issuer: string;
  /** What `aud` is or has. */
  readonly audience: string;
  /** Where the issuer publishes its keys. Without TLS, who stands between may sign in as anybody. */
  readonly jwksUrl: string;
  /** @defaultValue RS256, PS256, ES256, EdDSA */
  readonly algorithms?: readonly string[];
  /** How far the clocks of issuer and gateway may differ, in seconds. @defaultValue 30 */
  readonly clockToleranceS?: number;
}

/** Of a whole token, in bytes: more costs time before anything is known of its sender. */
const TOKEN_BYTES_MAX = 8_192;
/** Of `sub`, in characters. @see OpenID Connect Core 1.0, 2 */
const SUBJECT_MAX = 255;
const CLOCK_TOLERANCE_MAX_S = 600;
/** Base64url, three parts, none of them empty. @see RFC 7515, 7.1 */
const COMPACT = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const urlOf = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSound = url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '';
  if (isSound) return url;
  throw new SettingsError('jwksUrl: expected an http or https URL without a user');
};

const checkOptions = ({
  issuer,
  audience,
  clockToleranceS = 0,
  algorithms = STANDARD_JWT_ALGORITHMS,
}: JwtVerifierOptions) => {
  if (issuer === '') throw new SettingsError('issuer: expected a text, got ""');
  if (audience === '') throw new SettingsError('audience: expected a text, got ""');
  if (!(clockToleranceS >= 0 && clockToleranceS <= CLOCK_TOLERANCE_MAX_S)) {
    throw new SettingsError(`clockToleranceS: expected 0 to ${CLOCK_TOLERANCE_MAX_S} seconds, got ${clockToleranceS}`);
  }
  const wrong = algorithms.find((algorithm) => !ALGORITHMS.includes(algorithm));
  if (wrong !== undefined || algorithms.length === 0) {
    throw new SettingsError(
      `algorithms: expected some of ${ALGORITHMS.join(', ')}, got ${JSON.stringify(wrong ?? [])}`,
    );
  }
};

/** Verifies tokens of one issuer for one audience, agents' or customers'. */
export class JwtVerifier implements TokenVerifier {
  private readonly keys: RemoteKeys;
  private readonly options: JWTVerifyOptions;
  /** What is wrong, by the claim that jose refused. */
  private readonly expectations: Readonly<Record<string, string>>;

  /** @throws SettingsError naming the option */
  constructor(private readonly wanted: JwtVerifierOptions) {
    checkOptions(wanted);
    const { issuer, audience, jwksUrl, algorithms = STANDARD_JWT_ALGORITHMS, clockToleranceS = 30 } = wanted;
    this.keys = new RemoteKeys(urlOf(jwksUrl), wanted);
    this.options = {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: clockToleranceS,
      requiredClaims: ['sub', 'exp'],
    };
    this.expectations = {
      iss: `a JWT whose iss is ${JSON.stringify(issuer)}`,
      aud: `a JWT whose aud is or has ${JSON.stringify(audience)}`,
      sub: `a JWT whose sub is a text of 1 to ${SUBJECT_MAX} characters`,
      exp: 'a JWT whose exp is a number of seconds',
      nbf: 'a JWT that is valid already, by its nbf',
    };
  }

  async verify(token: string): Promise<VerifiedClaims> {
    checkForm(token);
    try {
      return this.checkSubject(await this.claimsOf(token));
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private async claimsOf(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.keys.find, this.options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      return this.claimsByAnyOf(error, token);
    }
  }

  /** A token that names no key is tried with each that it can be. */
  private async claimsByAnyOf(keys: errors.JWKSMultipleMatchingKeys, token: string): Promise<JWTPayload> {
    for await (const key of keys) {
      try {
        return (await jwtVerify(token, key, this.options)).payload;
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }

  private checkSubject(claims: JWTPayload): VerifiedClaims {
    const { sub, exp } = claims;
    if (typeof sub === 'string' && sub !== '' && sub.length <= SUBJECT_MAX && exp !== undefined) {
      return { ...claims, sub, exp };
    }
    throw invalidToken(this.expectations['sub'] ?? '');
  }

  /** What is told of a failure. Errors of jose carry the claims, so none of them becomes a cause. */
  private refusal(error: unknown): IdentityError {
    if (error instanceof IdentityError) return error;
    if (error instanceof errors.JWTExpired) {
      return new IdentityError('TOKEN_EXPIRED', 'Authorization: expected a JWT that has not expired; sign in again');
    }
    if (error instanceof errors.JOSEAlgNotAllowed) {
      return invalidToken(`a JWT signed with one of ${(this.options.algorithms ?? []).join(', ')}`);
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      return invalidToken(this.expectations[error.claim] ?? 'a JWT with sound claims');
    }
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed) {
      return invalidToken('a JWT signed with a key of its issuer');
    }
    if (error instanceof errors.JOSEError) return invalidToken('a sound JWT');
    // A key that is too weak, or that this machine cannot use: no other token will fare better.
    return new IdentityError('IDENTITY_UNAVAILABLE', `a key from ${this.wanted.jwksUrl} cannot be used`, {
      cause: error,
    });
  }
}

/** Whatever needs no key. @throws IdentityError */
const checkForm = (token: string): void => {
  if (token.length > TOKEN_BYTES_MAX) throw invalidToken(`a JWT of at most ${TOKEN_BYTES_MAX} bytes`);
  if (!COMPACT.test(token)) throw invalidToken('a signed JWT: three parts with dots between them');
  let header: object;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    throw invalidToken('a sound JWT');
  }
  // Extensions that must be understood; none is.
  if ('crit' in header) throw invalidToken('a JWT without crit in its header');
};
