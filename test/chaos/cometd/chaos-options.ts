import { wholeNumberFrom } from '../whole-number.js';

/** How much a run of the chaos does. */
export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly users: number;
  /** Of all users together. */
  readonly events: number;
  /** How long the events of a round take, in milliseconds. */
  readonly roundMs: number;
  /** How long a frozen client answers nothing, in milliseconds. */
  readonly freezeMs: number;
  /** How long applications in the background stay there, in milliseconds. */
  readonly awayMs: number;
  /** From the death of one gateway to that of the other, in milliseconds, about. */
  readonly killEveryMs: number;
  /** How long a gateway stays dead at most, in milliseconds. */
  readonly deadMs: number;
  /** Share of the replies that are destroyed. */
  readonly lostShare: number;
  /** After the last event, until every application must have been told of the end, in milliseconds. */
  readonly settleMs: number;
  /** By which the pause of a client before another try grows, in milliseconds. */
  readonly backoffIncrementMs: number;
  /** Of the gateways. */
  readonly env: Readonly<Record<string, string>>;
}

type Amounts = Omit<ChaosOptions, 'seeds'>;

/** Default settings of the product, but for a client's own patience: it would make each seed minutes long. */
const WHOLE: Amounts = {
  users: 20,
  events: 2_000,
  roundMs: 40_000,
  freezeMs: 30_000,
  awayMs: 12_000,
  killEveryMs: 4_000,
  deadMs: 1_000,
  lostShare: 0.15,
  settleMs: 40_000,
  backoffIncrementMs: 250,
  env: {},
};

/** The same in seconds: clients expire sooner. */
const SHORT: Amounts = {
  ...WHOLE,
  users: 6,
  events: 200,
  roundMs: 8_000,
  freezeMs: 5_000,
  awayMs: 3_000,
  killEveryMs: 2_000,
  deadMs: 300,
  settleMs: 20_000,
  backoffIncrementMs: 100,
  env: { COMET_EXPIRE_MS: '2000' },
};

const WHOLE_SEEDS = 20;

/** Reads `SEED` (the only seed, to repeat a failure), `SEEDS` (how many, from 1 on) and `QUICK` from the environment. */
export const readChaosOptions = (): ChaosOptions => {
  const isQuick = process.env['QUICK'] === '1';
  const count = wholeNumberFrom('SEEDS', isQuick ? 1 : WHOLE_SEEDS, 1);
  const only = wholeNumberFrom('SEED', -1, 0);
  return {
    ...(isQuick ? SHORT : WHOLE),
    seeds: only >= 0 ? [only] : Array.from({ length: count }, (_, index) => index + 1),
  };
};
