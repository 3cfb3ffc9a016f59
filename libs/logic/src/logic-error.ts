/**
 * What went wrong with a logic. `threw`: its code raised an error or used up its memory. `timeout`: it did not end in
 * time. `nonsense`: it answered what nobody can carry out. `invalid`: it is not a logic at all.
 */
export type LogicErrorKind = 'threw' | 'timeout' | 'nonsense' | 'invalid';

/** A logic failed; the server and every other logic are well. The message holds no customer's words. */
export class LogicError extends Error {
  override readonly name = 'LogicError';

  constructor(
    readonly kind: LogicErrorKind,
    message: string,
    /** Of the logic's file, from 1, where it is known. */
    readonly line?: number,
    /** It took the thread with it: by its time or its memory. */
    readonly isOfThread = false,
  ) {
    super(message);
  }
}
