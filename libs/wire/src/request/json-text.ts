import { memberSources } from './json-source.js';
import { isUnsafe, type ParameterSet, unsafeValue } from './parameter-set.js';

type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a text holds; undefined when it is no JSON or another value. */
export const parseJsonObject = (text: string): JsonObject | undefined => {
  let value: unknown;
  try {
    // A byte order mark is no part of the text (RFC 8259, 8.1).
    value = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : undefined;
};

/** Whether a nested value holds a text that would be refused at the top. Its depth is known to be small. */
const holdsUnsafe = (value: unknown): boolean => {
  if (typeof value === 'string') return isUnsafe(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, member]) => isUnsafe(name) || holdsUnsafe(member));
};

/** Adds the members of an object. Text stands as it is, anything else as its JSON text; null counts as omitted. */
export const readJsonObject = (text: string, object: JsonObject, into: ParameterSet): void => {
  let sources: ReadonlyMap<string, string> | undefined;
  for (const [name, value] of Object.entries(object)) {
    if (value === null) continue;
    if (typeof value === 'string') into.add(name, value);
    else if (typeof value === 'boolean' || (typeof value === 'number' && Number.isSafeInteger(value))) {
      into.add(name, String(value));
    } else {
      sources ??= memberSources(text);
      if (holdsUnsafe(value)) throw unsafeValue(name);
      into.add(name, sources.get(name) ?? '');
    }
  }
};
