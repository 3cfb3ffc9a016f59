import { randomBytes } from 'node:crypto';
import type { BayeuxEngine, BayeuxPeer } from './engine.js';
import { type BayeuxLimits, DEFAULT_LIMITS } from './limits.js';
import { type BayeuxTime, systemTime } from './time.js';

/** How messages may travel. */
export type ConnectionType = 'long-polling' | 'callback-polling' | 'websocket';

export interface BayeuxOptions {
  readonly engine: BayeuxEngine;
  /** The channels that may be subscribed to. @defaultValue `['/_genesys']` */
  readonly channels: readonly string[];
  /** What is served; `callback-polling` is the switch of JSON-P. @defaultValue all three */
  readonly connectionTypes: readonly ConnectionType[];
  /**
   * `header`: every request must name its user. `handshake`: later requests may leave him out, for browsers that cannot
   * set headers on websockets and scripts. @defaultValue 'header'
   */
  readonly userPolicy: 'header' | 'handshake';
  /** How long a connect is held, in milliseconds; below the idle limit of every proxy on the way. @defaultValue 55000 */
  readonly holdMs: number;
  /** What clients are told to wait for a connect, in milliseconds; above `holdMs`. @defaultValue 60000 */
  readonly adviceTimeoutMs: number;
  /** Held connects of one user on this gateway; one more releases the oldest. @defaultValue 4 */
  readonly heldPerUser: number;
  /** What a client is told to wait when it was released for that, in milliseconds. @defaultValue 2000 */
  readonly releasedIntervalMs: number;
  /** Clients of a gateway that drains come back spread over this time, in milliseconds. @defaultValue 2000 */
  readonly drainIntervalMs: number;
  /**
   * The HTTP status of a connect that a newer one of the same client took over from. 200: an unsuccessful reply with
   * `reconnect: none`, so that clients do not loop; any other is answered with no body. @defaultValue 200
   */
  readonly supersededStatus: number;
  readonly limits: BayeuxLimits;
  /** Bytes that wait for a websocket client to read them before it is given up. @defaultValue 1048576 */
  readonly bufferedBytes: number;
  /** A websocket that was silent this long is asked whether it lives, in milliseconds. @defaultValue 30000 */
  readonly pingMs: number;
  /** Whether pages of an origin may open websockets; undefined for clients that are no browsers. @defaultValue only without */
  readonly isOriginAllowed: (origin: string | undefined, host: string | undefined) => boolean;
  /** Whether a peer may shake hands just now; else he is told to come again soon. @defaultValue always */
  readonly mayShakeHands: (peer: BayeuxPeer) => Promise<boolean>;
  /** Hears what the engine threw, once each; the client has been or is answered 503. @defaultValue silence */
  readonly onFailure: (error: unknown) => void;
  readonly time: BayeuxTime;
  /** Between 0 and 1. */
  readonly random: () => number;
}

export const DEFAULT_OPTIONS: Omit<BayeuxOptions, 'engine'> = {
  channels: ['/_genesys'],
  connectionTypes: ['long-polling', 'callback-polling', 'websocket'],
  userPolicy: 'header',
  holdMs: 55_000,
  adviceTimeoutMs: 60_000,
  heldPerUser: 4,
  releasedIntervalMs: 2_000,
  drainIntervalMs: 2_000,
  supersededStatus: 200,
  limits: DEFAULT_LIMITS,
  bufferedBytes: 1_048_576,
  pingMs: 30_000,
  isOriginAllowed: (origin) => origin === undefined,
  mayShakeHands: () => Promise.resolve(true),
  onFailure: () => undefined,
  time: systemTime,
  random: () => randomBytes(4).readUInt32LE() / 0x1_0000_0000,
};
