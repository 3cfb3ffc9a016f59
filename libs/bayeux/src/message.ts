import { checkJsonShape } from './json-shape.js';
import type { BayeuxLimits } from './limits.js';
import { BayeuxRequestError } from './request-error.js';

/** What is used of a message that a client sent, each value of the right type. Nothing else of it is kept. */
export interface BayeuxMessage {
  readonly channel: string;
  readonly clientId: string | undefined;
  /** Echoed as it was sent. */
  readonly id: string | number | undefined;
  readonly subscription: string | readonly string[] | undefined;
  readonly supportedConnectionTypes: readonly string[] | undefined;
  readonly connectionType: string | undefined;
  /** `advice.timeout`: how long the client would be held, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** `ext.ack`: true in a handshake, the number of the last batch in a connect. */
  readonly ack: boolean | number | undefined;
  /** `ext.transcriptPosition` as it came. */
  readonly transcriptPosition: unknown;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const malformed = (name: string, expected: string): BayeuxRequestError =>
  new BayeuxRequestError('malformed', `${name}: expected ${expected}`);

/** Null says as much as nothing. */
const present = (value: unknown): boolean => value !== undefined && value !== null;

const text = (name: string, value: unknown, longest: number): string => {
  if (typeof value !== 'string') throw malformed(name, 'a string');
  if (value.length > longest) throw malformed(name, `at most ${longest} characters`);
  return value;
};

const optionalText = (name: string, value: unknown, longest: number): string | undefined =>
  present(value) ? text(name, value, longest) : undefined;

const texts = (name: string, value: unknown, most: number, longest: number): readonly string[] => {
  if (!Array.isArray(value)) throw malformed(name, 'an array of strings');
  if (value.length > most) throw malformed(name, `at most ${most} elements`);
  return value.map((element) => text(name, element, longest));
};

const optionalObject = (name: string, value: unknown): JsonObject | undefined => {
  if (!present(value)) return undefined;
  if (!isObject(value)) throw malformed(name, 'an object');
  return value;
};

const messageId = (value: unknown, longest: number): string | number | undefined => {
  if (typeof value !== 'number') return optionalText('id', value, longest);
  if (!Number.isFinite(value)) throw malformed('id', 'a finite number');
  return value;
};

/** Other types than these are some other extension's affair. */
const acknowledgement = (value: unknown): boolean | number | undefined => {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'number') return undefined;
  // -1 is what clients of old say before the first batch.
  if (!Number.isSafeInteger(value) || value < -1) throw malformed('ext.ack', 'a whole number');
  return Math.max(value, 0);
};

const readMessage = (value: unknown, limits: BayeuxLimits): BayeuxMessage => {
  if (!isObject(value)) throw malformed('message', 'an object');
  const { channelLength, idLength, messages: most } = limits;
  const { subscription, supportedConnectionTypes: types } = value;
  const ext = optionalObject('ext', value['ext']);
  const timeout = optionalObject('advice', value['advice'])?.['timeout'];
  return {
    channel: text('channel', value['channel'], channelLength),
    clientId: optionalText('clientId', value['clientId'], idLength),
    id: messageId(value['id'], idLength),
    subscription: Array.isArray(subscription)
      ? texts('subscription', subscription, most, channelLength)
      : optionalText('subscription', subscription, channelLength),
    supportedConnectionTypes: present(types) ? texts('supportedConnectionTypes', types, most, idLength) : undefined,
    connectionType: optionalText('connectionType', value['connectionType'], idLength),
    timeoutMs: typeof timeout === 'number' && timeout >= 0 ? timeout : undefined,
    ack: acknowledgement(ext?.['ack']),
    transcriptPosition: ext?.['transcriptPosition'],
  };
};

/**
 * Reads the messages of a request: one object, or an array of them that may be empty.
 * @throws BayeuxRequestError
 */
export const readMessages = (json: string, limits: BayeuxLimits): readonly BayeuxMessage[] => {
  checkJsonShape(json, limits);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw malformed('body', 'JSON');
  }
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length > limits.messages) {
    throw new BayeuxRequestError('too-large', `expected at most ${limits.messages} messages`);
  }
  return values.map((message) => readMessage(message, limits));
};
