import type { LogicErrorKind } from '../logic-error.js';

/** A logic was refused or answered nonsense. Whatever else is thrown was thrown by its own code. */
export class Failure extends Error {
  constructor(
    readonly kind: Extract<LogicErrorKind, 'nonsense' | 'invalid'>,
    message: string,
    /** Words of the file that tell where, the best first. */
    readonly near: readonly string[] = [],
  ) {
    super(message);
  }
}

/** What a value is, without what it says: customers' words do not belong into messages. */
export const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return value === '' ? 'an empty text' : `a text of ${value.length} characters`;
    case 'number':
      return `the number ${value}`;
    case 'boolean':
      return String(value);
    case 'object':
      return Array.isArray(value) ? 'a list' : 'an object';
    default:
      return `a ${typeof value}`;
  }
};
