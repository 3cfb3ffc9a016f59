import type { LogicFinding } from './logic-report.js';

/** Lines of a source that hold nothing but what is run: comments are blank, and so are texts where that is asked for. */
const TOKENS =
  /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[=(,:[!&|?{};\n]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

const withoutComments = (source: string): string =>
  source.replace(TOKENS, (token) => (/^\/[/*]/.test(token) ? blank(token) : token));

const withoutTexts = (source: string): string => source.replace(TOKENS, blank);

/** What a logic must not speak of, and why. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, message: string])[] = [
  [/\bMath\s*\.\s*random\b/, 'Math.random: expected no chance: the same inputs must always give the same answers'],
  [/\bDate\s*\.\s*now\b/, 'Date.now: expected no clock: the time of an input is event.atMs'],
  [/\bnew\s+Date\s*(?:\(\s*\)|(?!\s*\())/, 'new Date(): expected no clock: the time of an input is event.atMs'],
  [/(?<!new\s+|\.\s*)\bDate\s*\(/, 'Date(): expected no clock: the time of an input is event.atMs'],
  [/\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/, 'timers: expected none: use setDeadline'],
  [/(?<!\.\s*)\bperformance\s*\./, 'performance: expected no clock: the time of an input is event.atMs'],
  [/(?<!\.\s*)\bcrypto\s*\./, 'crypto: expected no chance: the same inputs must always give the same answers'],
  [
    /(?<!\.\s*)\bimport\b/,
    'import: expected none: a logic is one file; what it needs comes as the argument of its function',
  ],
  [/(?<!\.\s*)\brequire\s*\(/, 'require: expected none: a logic is one file'],
  [/(?<!\.\s*)\bprocess\s*\./, 'process: expected none: a logic has no settings but what its inputs say'],
  [/(?<!\.\s*)\bfetch\s*\(/, 'fetch: expected no network: the server carries out the effects'],
  [/(?<!\.\s*)\b(?:async|await)\b(?!\s*:)/, 'async: expected none: a logic answers at once'],
  [/(?<!\.\s*)\bPromise\b/, 'Promise: expected none: a logic answers at once'],
];

const lineAt = (source: string, index: number): number => source.slice(0, index).split('\n').length;

/** What of a logic's text cannot be right, wherever it would be run. */
export const scanSource = (source: string): readonly LogicFinding[] => {
  const code = withoutTexts(source);
  return FORBIDDEN.flatMap(([pattern, message]) => {
    const found = pattern.exec(code);
    return found === null ? [] : [{ message, line: lineAt(code, found.index) }];
  });
};

/** The first line that has one of some words, outside of comments; the first words go first. */
export const lineOf = (source: string, words: readonly string[]): number | undefined => {
  const code = withoutComments(source);
  for (const word of words) {
    const found = new RegExp(`(?<![\\w$])${word.replace(/[^\w]/g, '\\$&')}(?![\\w$])`).exec(code);
    if (found !== null) return lineAt(code, found.index);
  }
  return undefined;
};

const NAMES_MAX = 200;

/** Names and texts by which a logic may tell inputs apart: business data for trying it. */
export const wordsOf = (source: string): { readonly names: readonly string[]; readonly values: readonly string[] } => {
  const code = withoutComments(source);
  const all = (pattern: RegExp): readonly string[] => [
    ...new Set([...code.matchAll(pattern)].flatMap(([, word]) => (word === undefined || word === '' ? [] : [word]))),
  ];
  return {
    names: [...all(/\.\s*([A-Za-z_$][\w$]*)/g), ...all(/\[\s*['"]([\w.-]+)['"]\s*\]/g)].slice(0, NAMES_MAX),
    values: all(/[!=]==?\s*['"]([^'"\n]{1,64})['"]/g),
  };
};
