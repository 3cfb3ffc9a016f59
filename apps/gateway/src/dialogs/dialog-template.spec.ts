import fc from 'fast-check';
import { DialogTemplate, escapeMarkup } from './dialog-template.js';

const fill = (source: string, values: Readonly<Record<string, string>>): string =>
  new DialogTemplate(source, 'markup').fill(new Map(Object.entries(values)));

/** What a parser makes of escaped text. */
const unescaped = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');

/** Well-known ways of getting out of where a value stands. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title><svg/onload=alert(1)>',
  '-->]]><!--',
  '` onclick=`alert(1)',
  '&lt;script&gt;',
  '&#60;script&#62;',
  '{{_id}}',
  '{{',
  "$&$1$`$'",
  '\u2028\u2029\u202e',
  '＜script＞',
  '\0<\0script>',
  '__proto__',
];

describe('a dialog', () => {
  it('has values where their names stand', () => {
    expect(fill('<p>{{ first }}, {{last}}!</p>', { first: 'Ann', last: 'Lee' })).toBe('<p>Ann, Lee!</p>');
  });

  it('has the author’s own text where there is no value, or nothing', () => {
    expect(fill('Hello {{name|<em>you</em>}}{{nickname}}.', { name: '' })).toBe('Hello <em>you</em>.');
  });

  it.each(['{{}}', '{{a b}}', '{{{', '{ {name} }', '{{ü}}'])('leaves %s as it stands', (source) => {
    expect(fill(source, { 'a b': 'x', ü: 'x' })).toBe(source);
  });

  it('finds nothing under names that every object has', () => {
    expect(fill('{{constructor}}{{__proto__}}{{toString}}', {})).toBe('');
  });

  it('names what it asks for', () => {
    expect([...new DialogTemplate('{{a}}{{b|c}}{{a}}', 'plain').names]).toEqual(['a', 'b']);
  });

  it('escapes nothing where nothing can be meant by it', () => {
    expect(new DialogTemplate('{{a}}', 'plain').fill(new Map([['a', '<&>']]))).toBe('<&>');
  });

  it.each(HOSTILE)('shows %j as text, in text and in attributes', (value) => {
    const page = fill('<p title="{{value}}" id=\'{{value}}\'>{{value}}</p>', { value, _id: 'SECRET' });
    const [, title = '', id = '', text = ''] = /^<p title="([^"]*)" id='([^']*)'>([^<>]*)<\/p>$/.exec(page) ?? [];
    const shown = value.replaceAll('\0', '');
    expect([title, id, text].map(unescaped)).toEqual([shown, shown, shown]);
  });

  it('shows any text as it is, and nothing that could be taken for markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const escaped = escapeMarkup(value);
        expect(escaped).not.toMatch(/[<>"'`]|&(?!(amp|lt|gt|quot|#39|#96);)/);
        expect(escaped).toBe(escapeMarkup(unescaped(escaped)));
      }),
    );
  });
});
