/** One setting: its name in the environment, what it may be, and what it means. */
export interface Setting<T> {
  readonly env: string;
  readonly defaultText: string;
  /** Unit or kind, for the documentation: `ms`, `bytes`, `host`, … */
  readonly unit: string;
  readonly doc: string;
  /** What goes wrong when it is too small, too large, or wrongly switched; empty where nothing does. */
  readonly ends: string;
  /** Whether its value stays out of messages. */
  readonly isSecret: boolean;
  /** Reads its text in an environment. @throws ExpectationError when that is not what is expected */
  readonly read: (env: NodeJS.ProcessEnv) => T;
}

/** What was expected of a value. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
}

interface Description {
  readonly unit?: string;
  readonly doc: string;
  readonly ends?: string;
  readonly isSecret?: boolean;
}

/** A number always has two ends, so what goes wrong there must be said. */
type NumberDescription = Description & { readonly ends: string };

const setting = <T>(
  env: string,
  defaultText: string,
  parse: (text: string) => T,
  whenUnset: (environment: NodeJS.ProcessEnv) => T,
  { unit = '', doc, ends = '', isSecret = false }: Description,
): Setting<T> => ({
  env,
  defaultText,
  unit,
  doc,
  ends,
  isSecret,
  read: (environment) => {
    const text = environment[env];
    return text === undefined || text === '' ? whenUnset(environment) : parse(text);
  },
});

/** A whole number from `min` to `max`. */
export const whole = (
  env: string,
  standard: number,
  [min, max]: readonly [number, number],
  description: NumberDescription,
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

const asItIs = (value: string): string => value;

/** A text. @param parse - what is made of it, and refuses what is not expected */
export const text = (
  env: string,
  standard: string,
  description: Description,
  parse: (value: string) => string = asItIs,
): Setting<string> => setting(env, standard, parse, () => standard, description);

export const optionalText = (
  env: string,
  description: Description,
  parse: (value: string) => string = asItIs,
): Setting<string | undefined> => setting<string | undefined>(env, '', parse, () => undefined, description);

/** A text whose default follows from other variables. @param defaultText - how it follows, for the documentation */
export const derivedText = (
  env: string,
  defaultText: string,
  derive: (environment: NodeJS.ProcessEnv) => string,
  description: Description,
  parse: (value: string) => string = asItIs,
): Setting<string> => setting(env, defaultText, parse, derive, description);

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

const itemsOf = <T>(value: string, item: (text: string) => T): readonly T[] =>
  Object.freeze(
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map(item),
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
    (value) => itemsOf(value, item),
    () => standard,
    { unit: 'comma-separated', ...description },
  );

/** A list that is undefined when it is not set, and otherwise has an item at least. */
export const optionalList = <T>(
  env: string,
  item: (value: string) => T,
  description: Description,
): Setting<readonly T[] | undefined> =>
  setting<readonly T[] | undefined>(
    env,
    '',
    (value) => {
      const items = itemsOf(value, item);
      // A lone comma has nothing in it: let the item's own reader say what it expects.
      return items.length > 0 ? items : [item('')];
    },
    () => undefined,
    { unit: 'comma-separated', ...description },
  );
