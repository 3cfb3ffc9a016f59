import type { CannedResponse } from '../api/shapes.js';

const SHOWN_MAX = 8;

/** What is asked for while the text is a slash and at most one word; null: nothing. */
export const cannedQuery = (text: string): string | null => {
  const match = /^\/([^\s/]{0,32})$/u.exec(text);
  return match === null ? null : (match[1] ?? '');
};

/** Responses that fit: those whose shortcut begins so first, then those that hold the word anywhere. */
export const findCanned = (responses: readonly CannedResponse[], query: string): readonly CannedResponse[] => {
  const word = query.toLocaleLowerCase();
  const starting = responses.filter(({ shortcut }) => shortcut.toLocaleLowerCase().startsWith(word));
  const holding = responses.filter(
    (response) =>
      !starting.includes(response) && `${response.shortcut} ${response.text}`.toLocaleLowerCase().includes(word),
  );
  return [...starting, ...holding].slice(0, SHOWN_MAX);
};
