import { numberFrom } from '../measure/options.js';

export interface IdleOptions {
  /** Users whose connects are held when memory is looked at first. */
  readonly firstUsers: number;
  /** All users, one connection each. */
  readonly users: number;
  /** How long idle servers are watched, in seconds. */
  readonly seconds: number;
  /** How long a connect is held, in seconds. */
  readonly holdSeconds: number;
  /** Time for a collection of garbage, and for what a server does once after the last user has come, in milliseconds. */
  readonly settleMs: number;
}

/** A watch ends before the first of the held connects does: connecting takes a part of the time, too. */
const CONNECTING_SHARE = 0.6;

/** Reads `USERS`, `SECONDS`, `HOLD_SECONDS` and `QUICK`. */
export const readIdleOptions = (): IdleOptions => {
  const isQuick = process.env['QUICK'] === '1';
  const users = Math.round(numberFrom('USERS', isQuick ? 300 : 10_000));
  const seconds = numberFrom('SECONDS', isQuick ? 0.5 : 20);
  const holdSeconds = numberFrom('HOLD_SECONDS', isQuick ? 2 : 55);
  if (seconds > holdSeconds * CONNECTING_SHARE) {
    throw new Error(`SECONDS: expected at most ${CONNECTING_SHARE} of HOLD_SECONDS (${holdSeconds}), got ${seconds}`);
  }
  return { firstUsers: Math.ceil(users / 20), users, seconds, holdSeconds, settleMs: isQuick ? 300 : 1_500 };
};
