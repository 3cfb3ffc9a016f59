/** What a file is, as far as filling it in is concerned. `plain` needs no escaping. */
export type DialogSyntax = 'markup' | 'plain';

interface Placeholder {
  readonly name: string;
  /** Stands there when there is no value: the author's own text, taken as it is. */
  readonly standard: string;
}

const PLACEHOLDER = /\{\{\s*([A-Za-z0-9_.-]{1,64})\s*(?:\|([^{}]*))?\}\}/g;

/** What no XML document may hold, escaped or not. HTML parsers replace most of it. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Makes a text safe in the text and in the quoted attributes of HTML and XML. */
export const escapeMarkup = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');

/** A text with places for values: `{{name}}`, or `{{name|what stands there without a value}}`. */
export class DialogTemplate {
  private readonly parts: readonly (string | Placeholder)[];
  /** The names that occur. */
  readonly names: ReadonlySet<string>;

  constructor(
    source: string,
    private readonly syntax: DialogSyntax,
  ) {
    const parts: (string | Placeholder)[] = [];
    let end = 0;
    for (const match of source.matchAll(PLACEHOLDER)) {
      const [whole, name = '', standard = ''] = match;
      parts.push(source.slice(end, match.index), { name, standard });
      end = match.index + whole.length;
    }
    this.parts = [...parts, source.slice(end)];
    this.names = new Set(parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name])));
  }

  /** What is filled in is never looked at for placeholders again. */
  fill(values: ReadonlyMap<string, string>): string {
    return this.parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = values.get(part.name);
        if (value === undefined || value === '') return part.standard;
        return this.syntax === 'markup' ? escapeMarkup(value) : value;
      })
      .join('');
  }
}
