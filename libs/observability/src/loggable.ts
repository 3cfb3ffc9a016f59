import { types } from 'node:util';

/** Names whose values never reach a log, wherever they stand in a line and in whatever case. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'password',
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'token',
  'secret',
  'securekey',
  'redisurl',
  'redisusername',
  'redispassword',
  // What a customer wrote.
  'text',
  'message_text',
  // What a push needs to reach a customer's device.
  'device',
  'deviceid',
  'notificationid',
  'devicenotificationid',
  'device_notification_id',
  '_device_notification_id',
  'push_notification_deviceid',
  'subscriptionid',
]);

const HIDDEN = '[hidden]';
/** Deeper values are left out: no line of ours goes so deep, and a circle would never end. */
const DEPTH_MAX = 6;

const isError = (value: object): value is Error => types.isNativeError(value) || value instanceof Error;

/**
 * What is logged of an error: only what errors have by themselves. Clients hang more on them; the errors of Redis carry
 * the arguments of the command, which are what customers write, and passwords.
 */
const describeError = (error: Error, depth: number): Record<string, unknown> => ({
  type: error.name,
  message: error.message,
  stack: error.stack,
  ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
  ...(error.cause === undefined ? {} : { cause: loggable(error.cause, depth + 1) }),
  ...(error.name === 'AggregateError' && 'errors' in error ? { errors: loggable(error.errors, depth + 1) } : {}),
});

const loggable = (value: unknown, depth: number): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_MAX) return '[deep]';
  if (isError(value)) return describeError(value, depth);
  if (Array.isArray(value)) return value.map((item) => loggable(item, depth + 1));
  // Bytes may be a customer's; a date or a URL says itself how it is written.
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if ('toJSON' in value) return value;
  return fieldsOf(value, depth);
};

const fieldsOf = (value: object, depth: number): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) {
    const isSecret = field !== undefined && SECRET_NAMES.has(name.toLowerCase());
    fields[name] = isSecret ? HIDDEN : loggable(field, depth + 1);
  }
  return fields;
};

/** The fields of a log line with secrets hidden and errors cut down to what may be told. */
export const loggableFields = (fields: object): Record<string, unknown> => fieldsOf(fields, 0);
