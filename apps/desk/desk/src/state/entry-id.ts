import type { EntryId } from '../api/shapes.js';

/** Before the first event of any stream. */
export const BEFORE_FIRST: EntryId = '0-0';

const parts = (id: EntryId): readonly [number, number] => {
  const dash = id.indexOf('-');
  return [Number(id.slice(0, dash)), Number(id.slice(dash + 1))];
};

/** Negative when `a` comes before `b`. */
export const compareIds = (a: EntryId, b: EntryId): number => {
  if (a === b) return 0;
  const [positionA, nA] = parts(a);
  const [positionB, nB] = parts(b);
  return positionA - positionB || nA - nB;
};

export const isAfter = (a: EntryId, b: EntryId): boolean => compareIds(a, b) > 0;

export const laterOf = (a: EntryId, b: EntryId): EntryId => (isAfter(b, a) ? b : a);
