import type { Parameters } from './parameters.js';
import { incorrectValue } from './request-error.js';

/** `true` in any case; all else, and nothing, is false. */
export const isTrue = (value: string | undefined): boolean => value?.toLowerCase() === 'true';

/** The value of the first name that has one. */
export const firstOf = (
  parameters: Parameters,
  names: readonly string[],
): { name: string; value: string } | undefined => {
  for (const name of names) {
    const value = parameters.get(name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
};

/** As many digits as the longest 64-bit number has. */
const WHOLE = /^-?\d{1,20}$/;

/**
 * The whole number that a text says, kept within what a number holds exactly; undefined when it says none or one of
 * more than 20 digits.
 */
export const wholeNumber = (text: string): number | undefined => {
  if (!WHOLE.test(text)) return undefined;
  const number = Number(text);
  if (number === 0) return 0; // never -0
  return Math.min(Math.max(number, -Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
};

/**
 * The whole number under the first name that has a value; undefined when there is none.
 * @param expected - what it must be, to be read after "must be"
 * @throws RequestError (incorrect-value) when it is no whole number from `min` to `max`
 */
export const readWholeNumber = (
  parameters: Parameters,
  names: readonly string[],
  { min, max, expected }: { readonly min: number; readonly max: number; readonly expected: string },
): number | undefined => {
  const found = firstOf(parameters, names);
  if (found === undefined) return undefined;
  const number = wholeNumber(found.value);
  if (number === undefined || number < min || number > max) throw incorrectValue(found.name, expected, found.value);
  return number;
};

/** How many characters a text has, a pair of surrogates being one. */
export const characterCount = (text: string): number => {
  let count = 0;
  for (let at = 0; at < text.length; count += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
};
