/** One setting: its name in the environment, what it may be, and what it means. */
export interface Setting<T> {
  readonly env: string;
  readonly defaultText: string;
  /** Unit or kind, for the documentation: `ms`, `bytes`, `host`, … */
  readonly unit: string;
  readonly doc: string;
  readonly isSecret: boolean;
  /** Reads the text; throws an ExpectationError when it is not what is expected. `undefined` = not set. */
  readonly read: (text: string | undefined) => T;
}

/** What was expected of a value. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

interface Description {
  readonly unit?: string;
  readonly doc: string;
  readonly isSecret?: boolean;
}

const setting = <T>(
  env: string,
  defaultText: string,
  parse: (text: string) => T,
  whenUnset: () => T,
  { unit = '', doc, isSecret = false }: Description,
): Setting<T> => ({
  env,
  defaultText,
  unit,
  doc,
  isSecret,
  read: (text) => (text === undefined || text === '' ? whenUnset() : parse(text)),
});

/** A whole number from `min` to `max`. */
export const whole = (
  env: string,
  standard: number,
  [min, max]: readonly [number, number],
  description: Description,
): Setting<number> =>
  setting(
    env,
    String(standard),
    (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= min && value <= max) return value;
      throw new ExpectationError(`expected a whole number from ${min} to ${max}`);
    },
    () => standard,
    { ...description, doc: `${description.doc} From ${min} to ${max}.` },
  );

const TRUE = new Set(['1', 'true', 'yes', 'on']);
const FALSE = new Set(['0', 'false', 'no', 'off']);

export const flag = (env: string, standard: boolean, description: Description): Setting<boolean> =>
  setting(
    env,
    String(standard),
    (text) => {
      const lower = text.toLowerCase();
      if (TRUE.has(lower)) return true;
      if (FALSE.has(lower)) return false;
      throw new ExpectationError('expected true or false');
    },
    () => standard,
    { unit: 'true or false', ...description },
  );

export const text = (env: string, standard: string, description: Description): Setting<string> =>
  setting(
    env,
    standard,
    (value) => value,
    () => standard,
    description,
  );

export const optionalText = (env: string, description: Description): Setting<string | undefined> =>
  setting<string | undefined>(
    env,
    '',
    (value) => value,
    () => undefined,
    description,
  );

export const oneOf = <T extends string>(
  env: string,
  standard: T,
  values: readonly T[],
  description: Description,
): Setting<T> =>
  setting(
    env,
    standard,
    (value) => {
      const found = values.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      throw new ExpectationError(`expected one of ${values.join(', ')}`);
    },
    () => standard,
    { unit: values.join(', '), ...description },
  );

/** A comma-separated list; every item is read by `item`. */
export const list = <T>(
  env: string,
  standard: readonly T[],
  defaultText: string,
  item: (value: string) => T,
  description: Description,
): Setting<readonly T[]> =>
  setting(
    env,
    defaultText,
    (value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(item),
    () => standard,
    { unit: 'comma-separated', ...description },
  );

/** A list that is undefined when it is not set. */
export const optionalList = <T>(
  env: string,
  item: (value: string) => T,
  description: Description,
): Setting<readonly T[] | undefined> => {
  const base = list<T>(env, [], '', item, description);
  return { ...base, read: (value) => (value === undefined || value === '' ? undefined : base.read(value)) };
};
