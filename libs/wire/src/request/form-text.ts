import { type Charset, singleByteCharacter } from './charset.js';
import type { ParameterSet } from './parameter-set.js';
import { RequestError } from './request-error.js';

/** A text in which bytes are written as `%41`; undefined when an escape or what it says is broken. */
const unescaped = (text: string, charset: Charset): string | undefined => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  if (charset === 'utf-8') {
    try {
      // Strict: refuses bad escapes, overlong forms and surrogates.
      return decodeURIComponent(spaced);
    } catch {
      return undefined;
    }
  }
  const isBroken = /%(?![\dA-Fa-f]{2})/.test(spaced) || (charset === 'us-ascii' && /%[89A-Fa-f]/.test(spaced));
  if (isBroken) return undefined;
  // A byte is a character in both.
  return spaced.replace(/%(..)/g, (_escape, hex: string) => singleByteCharacter(parseInt(hex, 16)));
};

const readPair = (pair: string, charset: Charset, what: string, into: ParameterSet): void => {
  const equals = pair.indexOf('=');
  const name = unescaped(equals < 0 ? pair : pair.slice(0, equals), charset);
  const value = equals < 0 ? '' : unescaped(pair.slice(equals + 1), charset);
  if (name === undefined || value === undefined) {
    throw new RequestError('malformed', `${what} must have valid percent escapes of ${charset}, got others`);
  }
  into.add(name, value);
};

/**
 * Adds the parameters of `a=1&b=2`.
 * @param what - the text in words, for errors
 */
export const readForm = (text: string, charset: Charset, what: string, into: ParameterSet): void => {
  let from = 0;
  while (from < text.length) {
    const ampersand = text.indexOf('&', from);
    const to = ampersand < 0 ? text.length : ampersand;
    const pair = text.slice(from, to);
    if (pair !== '' && pair !== '=') readPair(pair, charset, what, into);
    from = to + 1;
  }
};
