const FIRST_MS = 1_000;
const LONGEST_MS = 60_000;
/** A server of others may ask us to wait, but not to forget. */
const AFTER_MAX_MS = 3_600_000;
/** As servers write dates. Anything else Date.parse would guess at: to it 9999 is a year. @see RFC 9110, 5.6.7 */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/;

/**
 * How long to wait before the next try, in milliseconds: 1 s, 2 s, 4 s … 60 s, up to a quarter less.
 * @param attempt - tries made so far, from 1
 * @param random - between 0 and 1
 */
export const backoffMs = (attempt: number, random: number, longestMs = LONGEST_MS): number => {
  const wholeMs = Math.min(longestMs, FIRST_MS * 2 ** (attempt - 1));
  return Math.round(wholeMs * (1 - random / 4));
};

/** What a `Retry-After` header asks for, in milliseconds, an hour at most; undefined when it asks for nothing that can be read. */
export const retryAfterMs = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Math.min(AFTER_MAX_MS, Number(header) * 1_000);
  const atMs = HTTP_DATE.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.min(AFTER_MAX_MS, Math.max(0, atMs - nowMs));
};
