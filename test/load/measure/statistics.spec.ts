import { median, percentile, sum } from './statistics.js';

describe('statistics', () => {
  it('takes the middle of an odd number of values, whatever their order', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('knows the ends of a distribution', () => {
    const sorted = Array.from({ length: 100 }, (_, index) => index);
    expect([percentile(sorted, 0), percentile(sorted, 0.5), percentile(sorted, 0.99), percentile(sorted, 1)]).toEqual([
      0, 50, 99, 99,
    ]);
  });

  it('has nothing to say of no values', () => {
    expect([median([]), percentile([], 0.5), sum([])]).toEqual([Number.NaN, Number.NaN, 0]);
  });
});
