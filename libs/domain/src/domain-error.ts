/** Every reason for which a rule says no. The edge maps a code to the wire; the domain knows no HTTP status. */
export const DOMAIN_ERROR_CODES = [
  'SERVICE_NOT_FOUND',
  'SERVICE_NAME_UNKNOWN',
  'SERVICE_NOT_AVAILABLE',
  'CHAT_NOT_STARTED',
  'CHAT_ENDED',
  'NOT_A_PARTICIPANT',
  'ROUTING_BUSY',
  'OFFER_GONE',
  'AGENT_UNKNOWN',
  'AGENT_NOT_SIGNED_IN',
  'AGENT_AT_CAPACITY',
  'POKE_UNAVAILABLE',
  'ENDPOINT_UNKNOWN',
  'MESSAGE_RATE_EXCEEDED',
  'CHATS_EXCEEDED',
  'SERVICES_RATE_EXCEEDED',
  'TRANSCRIPT_FULL',
  'USER_REQUIRED',
  'STORAGE_KEY_UNKNOWN',
  'STORAGE_FULL',
] as const;

export type DomainErrorCode = (typeof DOMAIN_ERROR_CODES)[number];

/** A rule said no. Compare `code`, not the class: errors cross processes. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  constructor(
    readonly code: DomainErrorCode,
    message: string,
  ) {
    super(message);
  }
}
