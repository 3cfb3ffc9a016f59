import { discreet } from './discreet.js';

describe('a discreet message', () => {
  it('has none of the texts that were given, the longest first', () => {
    const given = [{ data: { a: 'Ann', b: 'Ann Smith' } }, ['tier']];
    expect(discreet('Error: Ann Smith of tier Ann', given)).toBe('Error: … of … …');
  });

  it('keeps words that are too short to tell anything', () => {
    expect(discreet('Error: no', { a: 'o', b: '' })).toBe('Error: no');
  });

  it('does not tell what was no JSON', () => {
    const message = `SyntaxError: Unexpected token 'm', "my card is"... is not valid JSON`;
    expect(discreet(message, {})).toBe(`SyntaxError: Unexpected token 'm', "…" is not valid JSON`);
  });

  it('is never long', () => {
    expect(discreet('x'.repeat(10_000), {})).toHaveLength(300);
  });
});
