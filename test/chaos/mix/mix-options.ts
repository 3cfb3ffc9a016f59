import { wholeNumberFrom } from '../whole-number.js';

/** How much a run of the random mix does. */
export interface MixOptions {
  readonly seeds: readonly number[];
  /** Ids of the only faults that strike; undefined means all. */
  readonly faults: readonly string[] | undefined;
  /** How long faults go on, in milliseconds. */
  readonly roundMs: number;
  /** Customers who ask again and again by REST. */
  readonly pollers: number;
  /** Customers with an official CometD client. */
  readonly listeners: number;
  readonly agents: number;
  /** Bayeux clients that a gateway holds when it is killed. */
  readonly heldConnects: number;
  /** Between two things that one customer does, in milliseconds, about. */
  readonly everyMs: number;
  /** How long Redis stands still, in milliseconds. */
  readonly freezeMs: number;
  /** How long other faults last, in milliseconds, at most. */
  readonly faultMs: number;
  /** Between two faults, in milliseconds, at most. */
  readonly restMs: number;
  /** How late a request may come once more, in milliseconds. */
  readonly lateMs: number;
  /** After the last fault, until everything must be said and told, in milliseconds. */
  readonly settleMs: number;
  readonly isQuick: boolean;
}

type Amounts = Omit<MixOptions, 'seeds' | 'faults'>;

const WHOLE: Amounts = {
  roundMs: 120_000,
  pollers: 8,
  listeners: 6,
  agents: 2,
  heldConnects: 500,
  everyMs: 200,
  freezeMs: 30_000,
  faultMs: 6_000,
  restMs: 2_000,
  lateMs: 60_000,
  settleMs: 60_000,
  isQuick: false,
};

const SHORT: Amounts = {
  ...WHOLE,
  roundMs: 18_000,
  pollers: 3,
  listeners: 3,
  heldConnects: 50,
  freezeMs: 5_000,
  faultMs: 2_000,
  restMs: 500,
  lateMs: 5_000,
  settleMs: 30_000,
  isQuick: true,
};

const WHOLE_SEEDS = 20;
const MINUTE_MS = 60_000;

/**
 * Reads `SEED` (the only seed, to repeat a failure), `SEEDS` (how many, from 1 on), `MINUTES` (of faults for each seed),
 * `FAULTS` (ids of the only ones that strike, comma-separated) and `QUICK` from the environment.
 */
export const readMixOptions = (): MixOptions => {
  const isQuick = process.env['QUICK'] === '1';
  const amounts = isQuick ? SHORT : WHOLE;
  const count = wholeNumberFrom('SEEDS', isQuick ? 1 : WHOLE_SEEDS, 1);
  const only = wholeNumberFrom('SEED', -1, 0);
  const minutes = wholeNumberFrom('MINUTES', 0, 1);
  return {
    ...amounts,
    ...(minutes === 0 ? {} : { roundMs: minutes * MINUTE_MS }),
    faults: process.env['FAULTS']?.split(','),
    seeds: only >= 0 ? [only] : Array.from({ length: count }, (_, index) => index + 1),
  };
};
