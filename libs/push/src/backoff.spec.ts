import { backoffMs, retryAfterMs } from './backoff.js';

describe('the pause before another try', () => {
  it('doubles up to a minute, and is up to a quarter less', () => {
    expect([1, 2, 3, 6, 7, 50].map((attempt) => backoffMs(attempt, 0))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
    expect(backoffMs(3, 1)).toBe(3_000);
    expect(backoffMs(30, 0, 3_600_000)).toBe(3_600_000);
  });

  it('is what Retry-After says, in seconds or as a date', () => {
    const nowMs = Date.parse('2026-11-23T00:00:00Z');
    expect(retryAfterMs('7', nowMs)).toBe(7_000);
    expect(retryAfterMs('Mon, 23 Nov 2026 00:01:00 GMT', nowMs)).toBe(60_000);
    expect(retryAfterMs('Sun, 22 Nov 2026 00:00:00 GMT', nowMs)).toBe(0);
    const unread = [undefined, 'soon', '-1', '1.5', '2027-01-01', '+7'];
    expect(unread.map((header) => retryAfterMs(header, nowMs))).toEqual(unread.map(() => undefined));
  });

  it('is an hour at most, whatever a server asks for', () => {
    const asked = ['3601', '99999999999', 'Mon, 23 Nov 2099 00:00:00 GMT'];
    expect(asked.map((header) => retryAfterMs(header, 0))).toEqual([3_600_000, 3_600_000, 3_600_000]);
  });
});
