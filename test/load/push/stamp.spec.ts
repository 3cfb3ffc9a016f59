import { nowUs, readStamps, stampedText } from './stamp.js';

describe('stamps', () => {
  it('are found wherever they stand, in order, with what they say', () => {
    const before = nowUs();
    const data = Buffer.from(`head [${JSON.stringify([stampedText(7, 12), 'x~y', stampedText(123_456_789, 99_999)])}]`);
    const found: (readonly [number, number])[] = [];
    readStamps(data, (sentUs, number, user) => {
      expect(sentUs).toBeGreaterThanOrEqual(before);
      expect(sentUs).toBeLessThanOrEqual(nowUs());
      found.push([number, user]);
    });
    expect(found).toEqual([
      [7, 12],
      [123_456_789, 99_999],
    ]);
  });

  it('are not seen in what was cut off', () => {
    const data = Buffer.from(stampedText(1, 1)).subarray(0, -1);
    readStamps(data, () => {
      throw new Error('there is no whole stamp');
    });
  });
});
