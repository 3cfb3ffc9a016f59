import { Failure, kindOf } from './failure.js';

/** Deeper is a circle. */
const DEPTH_MAX = 32;

/**
 * A copy that is the same after a way through JSON, frozen: what a logic keeps must be found again by another worker.
 * Members without a value are left out.
 * @param path - of the value, for errors
 * @throws Failure nonsense
 */
export const plainCopy = (value: unknown, path: string, depth = 0): unknown => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value === 0 ? 0 : value;
  if (typeof value !== 'object') throw notPlain(path, kindOf(value));
  if (depth >= DEPTH_MAX) throw notPlain(path, `more than ${DEPTH_MAX} levels, or a circle`);
  if (Array.isArray(value)) {
    return Object.freeze(Array.from(value, (item, index) => plainCopy(item, `${path}[${index}]`, depth + 1)));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notPlain(path, 'an object of a class');
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [key, plainCopy(member, `${path}.${key}`, depth + 1)] as const);
  return Object.freeze(Object.fromEntries(members));
};

const notPlain = (path: string, got: string): Failure =>
  new Failure(
    'nonsense',
    `${path}: expected texts, finite numbers, booleans, null, lists and plain objects, got ${got}`,
  );

/** Freezes what came out of JSON, whole. */
export const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) frozen(member);
    Object.freeze(value);
  }
  return value;
};
