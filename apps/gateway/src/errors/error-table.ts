import type { DomainErrorCode } from '@app/domain';
import type { IdentityErrorCode } from '@app/identity';
import type { RequestErrorKind } from '@app/wire';
import type { AccessError } from './access-error.js';

/** What a refusal looks like on the wire. */
export interface Refusal {
  readonly status: number;
  /** False: the contract wants an empty body. */
  readonly hasBody: boolean;
  /** Seconds for `Retry-After`. */
  readonly retryAfterS?: number;
}

/** The one table from the code of a refusal to its answer. docs/errors.md lists the same codes. */
export const DOMAIN_REFUSALS: Readonly<Record<DomainErrorCode, Refusal>> = {
  SERVICE_NOT_FOUND: { status: 404, hasBody: true },
  SERVICE_NAME_UNKNOWN: { status: 404, hasBody: true },
  SERVICE_NOT_AVAILABLE: { status: 503, hasBody: false },
  CHAT_NOT_STARTED: { status: 503, hasBody: false },
  CHAT_ENDED: { status: 409, hasBody: true },
  NOT_A_PARTICIPANT: { status: 403, hasBody: true },
  ROUTING_BUSY: { status: 409, hasBody: true },
  OFFER_GONE: { status: 409, hasBody: true },
  AGENT_UNKNOWN: { status: 404, hasBody: true },
  AGENT_NOT_SIGNED_IN: { status: 409, hasBody: true },
  AGENT_AT_CAPACITY: { status: 409, hasBody: true },
  POKE_UNAVAILABLE: { status: 503, hasBody: false },
  ENDPOINT_UNKNOWN: { status: 415, hasBody: true },
  MESSAGE_RATE_EXCEEDED: { status: 429, hasBody: true, retryAfterS: 10 },
  CHATS_EXCEEDED: { status: 429, hasBody: true, retryAfterS: 60 },
  SERVICES_RATE_EXCEEDED: { status: 429, hasBody: true, retryAfterS: 10 },
  TRANSCRIPT_FULL: { status: 413, hasBody: true, retryAfterS: 3600 },
  USER_REQUIRED: { status: 415, hasBody: true },
  STORAGE_KEY_UNKNOWN: { status: 404, hasBody: true },
  STORAGE_FULL: { status: 413, hasBody: true, retryAfterS: 3600 },
};

/** Refusals of a request's form. */
export const REQUEST_REFUSALS: Readonly<Record<RequestErrorKind, Refusal>> = {
  'unsupported-media-type': { status: 415, hasBody: true },
  'incorrect-value': { status: 415, hasBody: true },
  malformed: { status: 400, hasBody: true },
  'too-large': { status: 413, hasBody: true },
};

/** Refusals for who asks. */
export const ACCESS_REFUSALS: Readonly<Record<IdentityErrorCode | AccessError['code'], Refusal>> = {
  TOKEN_REQUIRED: { status: 401, hasBody: true },
  TOKEN_INVALID: { status: 401, hasBody: true },
  TOKEN_EXPIRED: { status: 401, hasBody: true },
  IDENTITY_UNAVAILABLE: { status: 503, hasBody: true, retryAfterS: 5 },
  FORBIDDEN: { status: 403, hasBody: true },
  CROSS_SITE: { status: 403, hasBody: true },
};

/** Redis does not answer: nothing is known to be lost, and a retry with the same key is safe. */
export const STORE_UNAVAILABLE: Refusal = { status: 503, hasBody: false, retryAfterS: 1 };

/** The data are newer than this process: another one may be as new as they are. */
export const SCHEMA_TOO_NEW: Refusal = { status: 503, hasBody: false, retryAfterS: 5 };

/** This gateway has more to do than it can; nothing was looked at, and another one may have time. */
export const OVERLOADED: Refusal = { status: 503, hasBody: false, retryAfterS: 1 };

/** Fastify's own refusals, by the code of its errors. */
export const FRAMEWORK_REFUSALS: Readonly<Record<string, Refusal & { readonly message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, hasBody: true, message: 'the body is larger than is taken' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    hasBody: true,
    message: 'the body is not as long as Content-Length says',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    hasBody: true,
    message: 'Content-Type: expected application/x-www-form-urlencoded, multipart/form-data or application/json',
  },
  ECONNRESET: { status: 400, hasBody: true, message: 'the connection closed before the request was complete' },
  FST_ERR_BAD_URL: { status: 404, hasBody: true, message: 'there is nothing at this path' },
};
