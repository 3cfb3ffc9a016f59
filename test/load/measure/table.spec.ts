import { figure, ratioLine, table } from './table.js';

describe('table', () => {
  it('aligns names left and numbers right', () => {
    expect(
      table(
        ['server', 'µs'],
        [
          ['a', '1.5'],
          ['longer', '10'],
        ],
      ),
    ).toBe('| server |  µs |\n| ------ | --: |\n| a      | 1.5 |\n| longer |  10 |');
  });

  it('shows a figure with three digits or so', () => {
    expect([0.123, 12.34, 123.4, Number.NaN].map(figure)).toEqual(['0.12', '12.3', '123', '–']);
  });

  it('says the median ratio with its range and goal', () => {
    expect(ratioLine('sum', [1.5, 1.4, 1.7], 1.6)).toBe('sum: 1.50 × bare (1.40–1.70 over 3 rounds; goal ≤ 1.60)');
  });
});
