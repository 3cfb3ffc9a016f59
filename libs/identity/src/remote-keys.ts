import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type CryptoKey,
  customFetch,
  errors,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type LocalJWKSet,
  type RemoteJWKSet,
} from 'jose';
import { IdentityError } from './identity-error.js';

export interface RemoteKeysOptions {
  /** How long the issuer may take to tell its keys, in milliseconds. @defaultValue 3000 */
  readonly timeoutMs?: number;
  /**
   * How long after its keys were told the issuer is not asked again for one that is not among them, in milliseconds.
   * Shorter lets tokens with invented key ids keep it busy; longer refuses new keys for longer. @defaultValue 30000
   */
  readonly coolDownMs?: number;
  /** After how long the issuer is asked anew, in milliseconds; so long a revoked key counts. @defaultValue 600000 */
  readonly freshMs?: number;
  /** How long keys count beyond that while the issuer does not answer, in milliseconds. @defaultValue 3600000 */
  readonly staleMs?: number;
  /** How long an issuer that did not answer is left alone, in milliseconds. @defaultValue 5000 */
  readonly retryAfterMs?: number;
}

/** Errors that speak of the token, not of the issuer. */
const isTokensFault = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported;

/** The keys that an issuer publishes (JWKS), asked for when they are wanted, and kept through its outages. */
export class RemoteKeys {
  private readonly remote: RemoteJWKSet;
  private readonly staleMs: number;
  private readonly retryAfterMs: number;
  private failure: { readonly error: unknown; readonly atMs: number } | undefined;
  /** When the keys were last known to be fresh. */
  private freshAtMs = Number.NEGATIVE_INFINITY;
  /** The last keys, while the issuer does not answer. */
  private spare: LocalJWKSet | undefined;

  constructor(
    private readonly url: URL,
    options: RemoteKeysOptions = {},
  ) {
    const {
      timeoutMs = 3_000,
      coolDownMs = 30_000,
      freshMs = 600_000,
      staleMs = 3_600_000,
      retryAfterMs = 5_000,
    } = options;
    this.staleMs = staleMs;
    this.retryAfterMs = retryAfterMs;
    this.remote = createRemoteJWKSet(url, {
      timeoutDuration: timeoutMs,
      cooldownDuration: coolDownMs,
      cacheMaxAge: freshMs,
      [customFetch]: this.ask,
    });
  }

  /** The key with which a token says it was signed. @throws IdentityError (IDENTITY_UNAVAILABLE) @throws JOSEError */
  readonly find = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> => {
    try {
      const key = await this.remote(header, token);
      this.noteFresh();
      return key;
    } catch (error) {
      if (isTokensFault(error)) {
        this.noteFresh();
        throw error;
      }
      if (error !== this.failure?.error) this.failure = { error, atMs: Date.now() };
      return this.findAmongSpare(error, header, token);
    }
  };

  private async findAmongSpare(
    cause: unknown,
    header?: JWSHeaderParameters,
    token?: FlattenedJWSInput,
  ): Promise<CryptoKey> {
    const unavailable = (): IdentityError =>
      new IdentityError('IDENTITY_UNAVAILABLE', `the keys of the issuer cannot be had from ${this.url.href}`, {
        cause,
      });
    const jwks = this.remote.jwks();
    if (jwks === undefined || Date.now() - this.freshAtMs > this.staleMs) throw unavailable();
    this.spare ??= createLocalJWKSet(jwks);
    try {
      return await this.spare(header, token);
    } catch (error) {
      // It may be a new one: nobody can tell now.
      if (error instanceof errors.JWKSNoMatchingKey) throw unavailable();
      throw error;
    }
  }

  private noteFresh(): void {
    this.freshAtMs = Date.now();
    this.spare = undefined;
  }

  private readonly ask: FetchImplementation = async (url, options) => {
    if (this.failure !== undefined && Date.now() - this.failure.atMs < this.retryAfterMs) throw this.failure.error;
    return fetch(url, options);
  };
}
