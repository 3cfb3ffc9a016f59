import { isStoreAway, reportFailure } from './feed-failure.js';

describe('reportFailure', () => {
  it('never repeats the message, which may quote a customer', () => {
    let error: unknown;
    try {
      JSON.parse('my secret words');
    } catch (thrown) {
      error = thrown;
    }
    const report = reportFailure(error);
    expect(report.reason).toBe('SyntaxError');
    expect(report.frames).toContain('at ');
    expect(JSON.stringify(report)).not.toContain('secret');
  });

  it('prefers a code to a class', () => {
    expect(reportFailure(Object.assign(new Error('x'), { code: 'CHAT_ENDED' })).reason).toBe('CHAT_ENDED');
    expect(reportFailure('thrown text')).toEqual({ reason: 'string' });
  });
});

describe('isStoreAway', () => {
  it('goes by the code, since errors cross processes', () => {
    expect(isStoreAway({ code: 'STORE_UNAVAILABLE' })).toBe(true);
    expect(isStoreAway(new Error('STORE_UNAVAILABLE'))).toBe(false);
    expect(isStoreAway(undefined)).toBe(false);
  });
});
