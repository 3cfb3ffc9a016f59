import { exitCode } from './exit-code.js';

/** Ends a command with words for the person at the terminal instead of a stack. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly code: number;

  constructor(message: string, code: number = exitCode.config) {
    super(message);
    this.code = code;
  }
}
