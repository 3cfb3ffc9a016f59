import type { IncomingHttpHeaders } from 'node:http';
import type { Cors } from './cors.js';

/** What who is refused is told. */
export const CROSS_SITE_MESSAGE = 'Origin: expected one of the pages that may call this server';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Requests that a page of a stranger makes a browser send. What is no browser sends neither Origin nor Sec-Fetch-Site and
 * goes unnoticed; so do applications in a web view, whose origin is no website's, as long as they carry no cookie.
 */
export class CrossSite {
  /** @param cors - the pages that may call */
  constructor(private readonly cors: Pick<Cors, 'allows'>) {}

  refuses(method: string | undefined, headers: IncomingHttpHeaders): boolean {
    const { origin, 'sec-fetch-site': site } = headers;
    if (origin === undefined && site === undefined) return false;
    if (site === 'same-origin' || site === 'none') return false;
    // A page may always lead to another; what it may not do is have the answer of a foreign site as a part of itself.
    if (SAFE_METHODS.has(method ?? '')) return site === 'cross-site' && headers['sec-fetch-mode'] === 'no-cors';
    if (origin === undefined) return site === 'cross-site';
    if (this.cors.allows(origin) || isOwn(origin, headers)) return false;
    return /^https?:\/\//.test(origin) || headers.cookie !== undefined;
  }
}

/** The page came from here, whatever name a gateway in front gives us. */
const isOwn = (origin: string, { host, 'x-forwarded-host': forwarded }: IncomingHttpHeaders): boolean => {
  const name = origin.replace(/^https?:\/\//, '');
  return name === host || name === forwarded;
};
