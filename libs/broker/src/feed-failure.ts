/** What may be said of an error in logs and dead letters: never its message, which may hold what a customer wrote. */
export interface FailureReport {
  /** Its code or class. */
  readonly reason: string;
  /** Where it was thrown: the frames of the stack alone. */
  readonly frames?: string;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error ? textOf(error.code) : undefined;

/**
 * Whether the store was away, or has what only a newer process can read: nobody's fault, and it will come back, or a newer
 * process take over.
 */
export const isStoreAway = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === 'STORE_UNAVAILABLE' || code === 'SCHEMA_TOO_NEW';
};

/** Redis begins its refusals with a word of its own, such as `NOGROUP`. */
const refusalOf = ({ name, message }: Error): string | undefined =>
  name === 'ReplyError' ? /^[A-Z]+\b/.exec(message)?.[0] : undefined;

export const reportFailure = (error: unknown): FailureReport => {
  if (!(error instanceof Error)) return { reason: codeOf(error) ?? typeof error };
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
  return { reason: codeOf(error) ?? refusalOf(error) ?? error.name, ...(frames === undefined ? {} : { frames }) };
};
