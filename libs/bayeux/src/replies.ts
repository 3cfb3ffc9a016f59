import type { Advice } from './advice.js';
import type { BayeuxMessage } from './message.js';

/** What is sent back for a message. The client's id stands in replies to handshakes only. */
export interface BayeuxReply {
  readonly id?: string | number;
  readonly channel: string;
  readonly successful: boolean;
  readonly error?: string;
  readonly clientId?: string;
  readonly version?: '1.0';
  readonly minimumVersion?: '1.0';
  readonly supportedConnectionTypes?: readonly string[];
  readonly subscription?: string | readonly string[];
  readonly advice?: Advice;
  readonly ext?: { readonly ack: number | boolean };
}

/** Codes as applications of old know them; where faye's differ, these stand. */
export const ERRORS = {
  unknownClient: '402::Unknown client',
  userMissing: '403::Handshake denied: the end user is not known',
  userTooLong: '403::Handshake denied: the name of the end user is too long',
  busy: '403::Handshake denied: too many from this address, come again soon',
  subscriptionMissing: '403::subscription_missing',
  superseded: '409::A newer connect took over',
  positionIncorrect: '400::transcriptPosition: expected a whole number, 0 or more',
  engineFailed: '503::Try again',
} as const;

export const denied = (channel: string, what: 'subscribe' | 'publish'): string => `403:${channel}:${what}_denied`;

type More = Omit<BayeuxReply, 'id' | 'channel' | 'successful'>;

const reply = ({ id, channel }: BayeuxMessage, successful: boolean, more: More | undefined): BayeuxReply => ({
  ...(id === undefined ? {} : { id }),
  channel,
  successful,
  ...more,
});

export const success = (message: BayeuxMessage, more?: More): BayeuxReply => reply(message, true, more);

export const failure = (message: BayeuxMessage, error: string, more?: More): BayeuxReply =>
  reply(message, false, { error, ...more });
