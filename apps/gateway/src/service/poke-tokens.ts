import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type KeySpace, type RedisConnection, retryUntil, StoreUnavailableError } from '@app/redis';

/** Between two tries to reach the store, in milliseconds. */
const AGAIN_MS = 250;
/** 132 bits of the HMAC as text. */
const TOKEN_LENGTH = 22;

/**
 * The tokens that `poke_url` carries: whoever has one may poke the customer of that one service, and no more. They follow
 * from a secret that all gateways share.
 */
export class PokeTokens {
  private secret: string | undefined;

  /** @param secret - undefined: one that is kept in the store, made by the first gateway */
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: Pick<KeySpace, 'pokeSecret'>,
    private readonly deadlineMs: number,
    secret: string | undefined,
  ) {
    this.secret = secret;
  }

  /** Waits for the store, however long that takes. */
  async open(): Promise<void> {
    while (this.secret === undefined) {
      try {
        this.secret = await this.shared();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        // A store that takes no writes says so at once.
        await pause(AGAIN_MS);
      }
    }
  }

  /** @throws StoreUnavailableError before the store has been reached: requests are let in already */
  tokenFor(serviceId: string): string {
    if (this.secret === undefined) throw new StoreUnavailableError('the key of poke tokens is not known yet');
    return createHmac('sha256', this.secret).update(`poke ${serviceId}`).digest('base64url').slice(0, TOKEN_LENGTH);
  }

  isValid(serviceId: string, token: string | undefined): boolean {
    if (token?.length !== TOKEN_LENGTH) return false;
    const [given, expected] = [Buffer.from(token), Buffer.from(this.tokenFor(serviceId))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  /** What stands in the store, put there by whichever gateway came first. */
  private async shared(): Promise<string | undefined> {
    const key = this.keys.pokeSecret();
    const read = async (): Promise<string | undefined> =>
      (await retryUntil(() => this.redis.get(key), this.deadlineMs)) ?? undefined;
    const there = await read();
    if (there !== undefined) return there;
    await retryUntil(() => this.redis.set(key, randomBytes(32).toString('base64url'), 'NX'), this.deadlineMs);
    return read();
  }
}
