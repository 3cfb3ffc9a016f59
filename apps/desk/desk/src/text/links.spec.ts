import fc from 'fast-check';
import { linkPieces, webUrl } from './links.js';

const links = (text: string) =>
  linkPieces(text).flatMap(({ text: shown, href }) => (href === undefined ? [] : [shown]));

describe('links in a text', () => {
  it('are web addresses, without what ends a sentence', () => {
    expect(links('see https://example.com/a, or (http://example.org/b?c=d).')).toEqual([
      'https://example.com/a',
      'http://example.org/b?c=d',
    ]);
  });

  it('keep a bracket that they opened', () => {
    expect(links('https://example.com/a_(b) (https://example.com/c)')).toEqual([
      'https://example.com/a_(b)',
      'https://example.com/c',
    ]);
  });

  it('are never of another scheme', () => {
    expect(links('javascript:alert(1) data:text/html,x ftp://example.com file:///etc/passwd')).toEqual([]);
    expect(webUrl('javascript:alert(1)')).toBeUndefined();
    expect(webUrl(' https://example.com')).toBe('https://example.com/');
  });

  it('end where the direction of the text is turned', () => {
    expect(links('https://example.com/\u202Egpj.exe')).toEqual(['https://example.com/']);
  });

  it('never lose or add a character', () => {
    const texts = fc
      .array(fc.oneof(fc.string(), fc.webUrl(), fc.constantFrom('https://', ' ', ').')))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(texts, (text) => {
        expect(
          linkPieces(text)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
