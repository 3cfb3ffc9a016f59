import { type BenchOptions, numberFrom, readOptions } from '../measure/options.js';
import type { Transport } from './clients/push-client.js';

export interface PushOptions extends BenchOptions {
  /** Connected users, each with a chat. */
  readonly users: number;
  /** Messages that are undelivered at saturation. Fewer than users, so that each has been waiting when one comes. */
  readonly undelivered: number;
  /** The fixed rate, in messages a second. */
  readonly perS: number;
  readonly transports: readonly Transport[];
}

const TRANSPORTS: readonly Transport[] = ['long-polling', 'websocket'];

/** Reads `USERS`, `UNDELIVERED`, `RATE` and `TRANSPORT` as well. */
export const readPushOptions = (): PushOptions => {
  const common = readOptions({ rounds: 5, seconds: 2.5 });
  const users = Math.round(numberFrom('USERS', common.isQuick ? 40 : 1_000));
  const undelivered = Math.round(numberFrom('UNDELIVERED', Math.ceil(users / 5)));
  if (undelivered >= users) throw new Error(`UNDELIVERED: expected less than USERS (${users}), got ${undelivered}`);
  const { TRANSPORT: only = '' } = process.env;
  const transports = TRANSPORTS.filter((transport) => only === '' || only === transport);
  if (transports.length === 0) throw new Error(`TRANSPORT: expected ${TRANSPORTS.join(' or ')}, got ${only}`);
  return { ...common, users, undelivered, perS: numberFrom('RATE', 500), transports };
};
