/** The part of a logger that failures need. */
export interface FailureLog {
  debug(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Whether the store was away: it will come back. */
export const isStoreAway = (error: unknown): boolean => codeOf(error) === 'STORE_UNAVAILABLE';
