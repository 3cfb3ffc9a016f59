/** Why nobody was recognised. The edge maps a code to the wire. */
export const IDENTITY_ERROR_CODES = [
  'TOKEN_REQUIRED',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'IDENTITY_UNAVAILABLE',
] as const;

export type IdentityErrorCode = (typeof IDENTITY_ERROR_CODES)[number];

/**
 * Nobody was recognised. The message says what was expected and holds nothing of the token; nor does the cause, which
 * only `IDENTITY_UNAVAILABLE` has: there the token may be sound, and the same request may succeed later.
 */
export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  constructor(
    readonly code: IdentityErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export const invalidToken = (expected: string): IdentityError =>
  new IdentityError('TOKEN_INVALID', `Authorization: expected ${expected}`);
