import type { BayeuxLimits } from './limits.js';
import { BayeuxRequestError } from './request-error.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The index of the quote that closes a string, or the end of the text. */
const endOfString = (text: string, open: number): number => {
  for (let at = open + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at;
  }
  return text.length;
};

/**
 * Walks over JSON text once, before a parser makes objects of it. Text that is no JSON passes; the parser says so.
 * @throws BayeuxRequestError when it is too deep or holds too many messages
 */
export const checkJsonShape = (text: string, { depth: deepest, messages: most }: BayeuxLimits): void => {
  const isArray = text.trimStart().charCodeAt(0) === OPEN_ARRAY;
  let depth = 0;
  let messages = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(text, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        if (depth > deepest) throw new BayeuxRequestError('malformed', `expected JSON at most ${deepest} deep`);
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        if (isArray && depth === 1) messages += 1;
        if (messages > most) throw new BayeuxRequestError('too-large', `expected at most ${most} messages`);
        break;
    }
  }
};
