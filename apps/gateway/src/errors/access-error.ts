/** The caller may not do this, whoever he is: his role does not allow it, or a foreign page made his browser ask. */
export class AccessError extends Error {
  override readonly name = 'AccessError';

  constructor(
    message: string,
    readonly code: 'FORBIDDEN' | 'CROSS_SITE' = 'FORBIDDEN',
  ) {
    super(message);
  }
}
