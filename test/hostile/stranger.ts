import type { HttpReply } from '../support/http.js';

/** What of an answer a stranger could tell two answers by. */
export const tellable = ({ status, headers, text }: HttpReply): unknown => {
  // The time and the id of the request are of no use to him.
  const { date: _, 'x-request-id': _id, ...rest } = headers;
  return { status, headers: rest, text };
};

/** The middle one of some numbers. */
export const medianOf = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
