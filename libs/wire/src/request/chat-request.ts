import type { TextMap } from '@app/domain';
import { businessData } from './business-data.js';
import { customerNickname } from './customer-nickname.js';
import type { Parameters } from './parameters.js';
import { incorrectValue, tooLarge } from './request-error.js';
import { DEFAULT_MESSAGE_LENGTH_MAX } from './request-limits.js';
import { readTimeZoneOffset, TIME_ZONE_NAMES } from './time-zone-offset.js';
import { characterCount, firstOf, isTrue, readWholeNumber } from './typed-value.js';

/** `POST …/ixn/chat`. */
export interface StartChatRequest {
  readonly verbose: boolean;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly email: string | undefined;
  readonly subject: string | undefined;
  readonly userDisplayName: string | undefined;
  /** What the transcript calls the customer. */
  readonly nickname: string;
  readonly notifyBy: 'comet' | undefined;
  readonly timeZoneOffsetMin: number | undefined;
  /** The chat's push registration under the names as sent; undefined when there is none. */
  readonly push: TextMap | undefined;
  /** What the agent sees: names, address and subject under their GMS names, and all business data. */
  readonly attachedData: TextMap;
}

/** `POST …/ixn/chat/refresh`. */
export interface RefreshRequest {
  readonly verbose: boolean;
  /** A text to append before the transcript is read. */
  readonly message: string | undefined;
  /** The application's own id of the message: a repeat of it appends nothing. */
  readonly messageId: string | undefined;
  /** 0 or above; undefined means the server's own cursor. May lie far beyond the end. */
  readonly transcriptPosition: number | undefined;
}

/** `POST …/ixn/chat/send`. */
export interface SendRequest {
  readonly verbose: boolean;
  readonly message: string;
  readonly messageId: string | undefined;
}

/** `POST …/ixn/chat/startTyping` and `stopTyping`. */
export interface TypingRequest {
  readonly verbose: boolean;
}

/** `POST …/ixn/chat/disconnect`. */
export interface DisconnectRequest {
  readonly verbose: boolean;
}

const FIRST_NAMES = ['firstName', 'FirstName'] as const;
const LAST_NAMES = ['lastName', 'LastName'] as const;
const EMAIL_NAMES = ['email', 'EmailAddress'] as const;
const PUSH_NAMES = [
  'push_notification_deviceid',
  'push_notification_type',
  'push_notification_language',
  'push_notification_debug',
  'push_notification_provider',
  'subscriptionID',
] as const;
const START_NAMES: ReadonlySet<string> = new Set([
  ...FIRST_NAMES,
  ...LAST_NAMES,
  ...EMAIL_NAMES,
  ...PUSH_NAMES,
  ...TIME_ZONE_NAMES,
  'subject',
  'userDisplayName',
  'notify_by',
]);

/** Those of the named texts that are there. */
const present = (texts: Readonly<Record<string, string | undefined>>): TextMap =>
  Object.fromEntries(
    Object.entries(texts).filter((entry): entry is [name: string, value: string] => entry[1] !== undefined),
  );

const readNotifyBy = (parameters: Parameters): 'comet' | undefined => {
  const notifyBy = parameters.get('notify_by');
  if (notifyBy !== undefined && notifyBy !== 'comet') throw incorrectValue('notify_by', '"comet"', notifyBy);
  return notifyBy;
};

const readPush = (parameters: Parameters): TextMap | undefined => {
  const push = present(Object.fromEntries(PUSH_NAMES.map((name) => [name, parameters.get(name)])));
  return Object.keys(push).length > 0 ? push : undefined;
};

/** @throws RequestError (incorrect-value) naming `notify_by`, the time zone or a name that cannot be shown */
export const readStartChat = (parameters: Parameters): StartChatRequest => {
  const firstName = firstOf(parameters, FIRST_NAMES)?.value;
  const lastName = firstOf(parameters, LAST_NAMES)?.value;
  const email = firstOf(parameters, EMAIL_NAMES)?.value;
  const subject = parameters.get('subject');
  const userDisplayName = parameters.get('userDisplayName');
  const known = { fldnFirstName: firstName, fldnLastName: lastName, fldnEmailAddress: email, subject };
  return {
    verbose: isTrue(parameters.get('_verbose')),
    firstName,
    lastName,
    email,
    subject,
    userDisplayName,
    nickname: customerNickname({ firstName, lastName, userDisplayName }),
    notifyBy: readNotifyBy(parameters),
    timeZoneOffsetMin: readTimeZoneOffset(parameters),
    push: readPush(parameters),
    attachedData: { ...businessData(parameters, START_NAMES), ...present(known) },
  };
};

const MESSAGE_ID = /^[ -~]{1,128}$/;

const readMessageId = (parameters: Parameters): string | undefined => {
  const messageId = parameters.get('_message_id');
  if (messageId !== undefined && !MESSAGE_ID.test(messageId)) {
    throw incorrectValue('_message_id', '1 to 128 printable ASCII characters', messageId);
  }
  return messageId;
};

const readMessage = (parameters: Parameters, lengthMax: number): string | undefined => {
  const message = parameters.get('message');
  // Counting is for the few that may be too long: a character has one or two units.
  if (message !== undefined && message.length > lengthMax) {
    const count = characterCount(message);
    if (count > lengthMax) throw tooLarge('message', lengthMax, 'characters', count);
  }
  return message;
};

const readPosition = (parameters: Parameters): number | undefined => {
  const position = readWholeNumber(parameters, ['transcriptPosition'], {
    min: -Number.MAX_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    expected: 'a whole number of at most 20 digits',
  });
  return position === undefined ? undefined : Math.max(0, position);
};

/**
 * @param messageLengthMax - in characters
 * @throws RequestError (incorrect-value) naming `transcriptPosition` or `_message_id`; (too-large) for the message
 */
export const readRefresh = (
  parameters: Parameters,
  messageLengthMax: number = DEFAULT_MESSAGE_LENGTH_MAX,
): RefreshRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
  message: readMessage(parameters, messageLengthMax),
  messageId: readMessageId(parameters),
  transcriptPosition: readPosition(parameters),
});

/**
 * @param messageLengthMax - in characters
 * @throws RequestError (incorrect-value) naming `message` or `_message_id`; (too-large) for the message
 */
export const readSend = (
  parameters: Parameters,
  messageLengthMax: number = DEFAULT_MESSAGE_LENGTH_MAX,
): SendRequest => {
  const message = readMessage(parameters, messageLengthMax);
  if (message === undefined) throw incorrectValue('message', 'a text', message);
  return { verbose: isTrue(parameters.get('_verbose')), message, messageId: readMessageId(parameters) };
};

export const readTyping = (parameters: Parameters): TypingRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
});

export const readDisconnect = (parameters: Parameters): DisconnectRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
});
