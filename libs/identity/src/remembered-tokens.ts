import { LRUCache } from 'lru-cache';
import type { TokenVerifier, VerifiedClaims } from './jwt-verifier.js';
import { tokenDigest } from './token-digest.js';

export interface RememberedTokensOptions {
  /** How long a token is believed without another look at its signature, in milliseconds. @defaultValue 60000 */
  readonly maxAgeMs?: number;
  /** Tokens at a time; one more forgets the one used longest ago. @defaultValue 10000 */
  readonly max?: number;
  /** Milliseconds since 1970. @defaultValue Date.now */
  readonly now?: () => number;
}

interface Remembered {
  readonly claims: VerifiedClaims;
  readonly untilMs: number;
}

/**
 * Remembers sound tokens for a moment, and never beyond their `exp`, so that not every request costs a signature check.
 * Only digests are kept. A key that its issuer takes back counts so much longer.
 */
export class RememberedTokens implements TokenVerifier {
  private readonly sound: LRUCache<string, Remembered>;
  private readonly maxAgeMs: number;
  private readonly now: () => number;

  constructor(
    private readonly verifier: TokenVerifier,
    { maxAgeMs = 60_000, max = 10_000, now = Date.now }: RememberedTokensOptions = {},
  ) {
    this.sound = new LRUCache({ max });
    this.maxAgeMs = maxAgeMs;
    this.now = now;
  }

  async verify(token: string): Promise<VerifiedClaims> {
    const digest = tokenDigest(token);
    const known = this.sound.get(digest);
    if (known !== undefined && this.now() < known.untilMs) return known.claims;
    this.sound.delete(digest);
    const askedAtMs = this.now();
    const claims = await this.verifier.verify(token);
    const untilMs = Math.min(claims.exp * 1_000, askedAtMs + this.maxAgeMs);
    if (this.now() < untilMs) this.sound.set(digest, { claims, untilMs });
    return claims;
  }
}
