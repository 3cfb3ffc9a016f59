import type { TextMap } from '@app/domain';
import type { Parameters } from './parameters.js';

/** Parameters that steer the server on whatever request they come. Never business data. */
const CONTROL_NAMES: ReadonlySet<string> = new Set([
  '_verbose',
  '_ttl',
  '_chat_endpoint',
  '_device_os',
  '_device_notification_id',
  '_message_id',
]);

const NONE: ReadonlySet<string> = new Set();

/**
 * The parameters that mean nothing to us, as given. One without a value counts as omitted.
 * @param ownNames - further names that have a meaning on this request
 */
export const businessData = (parameters: Parameters, ownNames: ReadonlySet<string> = NONE): TextMap => {
  const entries: (readonly [string, string])[] = [];
  for (const entry of parameters) {
    const [name, value] = entry;
    if (value !== '' && !CONTROL_NAMES.has(name) && !ownNames.has(name)) entries.push(entry);
  }
  // Defines own properties, `__proto__` included.
  return Object.fromEntries(entries);
};
