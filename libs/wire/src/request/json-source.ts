import { RequestError } from './request-error.js';

/** How deep a JSON body may nest. */
const DEPTH_MAX = 32;

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/**
 * The very text of each member's value in a JSON object that has been parsed without error. `JSON.parse` alone would
 * round long numbers.
 * @throws RequestError (malformed) when it nests too deeply
 */
export const memberSources = (text: string): ReadonlyMap<string, string> => {
  const sources = new Map<string, string>();
  let depth = 0;
  let name = '';
  let valueAt = 0;
  let previous = '';
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const endsMember = depth === 1 && (token === ',' || token === '}') && previous !== '{';
    if (endsMember) sources.set(name, text.slice(valueAt, index).trim());
    if (depth === 1 && token === ':') {
      name = JSON.parse(previous) as string;
      valueAt = index + 1;
    }
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > DEPTH_MAX) {
      throw new RequestError('malformed', `a JSON body must nest at most ${DEPTH_MAX} deep, got more`);
    }
    previous = token;
  }
  return sources;
};
