import type { FastifyReply } from 'fastify';

const ALLOWED_HEADERS = 'gms_user, content-type, x-requested-with, idempotency-key, authorization';
const ALLOWED_METHODS = 'GET, POST, DELETE, OPTIONS';
const PREFLIGHT_MAX_AGE_S = '600';
const NONE = {};
/** Answers differ by origin, which caches must know. */
const OTHERWISE = { vary: 'Origin' };

/** Cross-origin answers for the origins that settings allow: `*`, an origin, or an origin with `*` as its port. */
export class Cors {
  private readonly allowsAll: boolean;
  private readonly exact: ReadonlySet<string>;
  private readonly anyPort: readonly string[];

  constructor(origins: readonly string[]) {
    this.allowsAll = origins.includes('*');
    this.exact = new Set(origins);
    this.anyPort = origins.filter((origin) => origin.endsWith(':*')).map((origin) => origin.slice(0, -2));
  }

  /** The headers that let a page of an origin read an answer. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> {
    if (origin === undefined) return NONE;
    if (!this.allows(origin)) return OTHERWISE;
    return {
      ...OTHERWISE,
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after, x-request-id',
    };
  }

  preflight(reply: FastifyReply): void {
    void reply
      .header('access-control-allow-methods', ALLOWED_METHODS)
      .header('access-control-allow-headers', ALLOWED_HEADERS)
      .header('access-control-max-age', PREFLIGHT_MAX_AGE_S)
      .status(204)
      .send();
  }

  allows(origin: string): boolean {
    if (this.allowsAll || this.exact.has(origin)) return true;
    return this.anyPort.some(
      (base) => origin === base || /^:\d{1,5}$/.test(origin.startsWith(base) ? origin.slice(base.length) : ''),
    );
  }
}
