import type { Transport } from './clients/push-client.js';
import { type Candidate, candidates } from './candidate.js';
import type { CommandCounts } from '../measure/command-counts.js';
import type { Cost } from '../measure/cost.js';
import { median } from '../measure/statistics.js';
import { PushDriver } from './push-driver.js';
import type { PushOptions } from './push-options.js';
import { Contestant, type Flow, type PushRound } from './push-round.js';

/** What was measured of one server in one way of writing to it. */
export interface Measured {
  readonly name: string;
  readonly costs: readonly Cost[];
  /** What the writing alone costs Redis, in microseconds per message; it is among the costs. */
  readonly writingUs: number;
  /** Commands of Redis per message. */
  readonly commands: CommandCounts;
}

export interface Compared {
  readonly saturated: readonly Measured[];
  readonly steady: readonly Measured[];
}

/** Warm-up of each server before its rounds, in rounds. */
const WARM_UP_ROUNDS = 1;
/** At the fixed rate the figures differ little from round to round. */
const STEADY_ROUNDS_MAX = 3;

interface Results {
  readonly saturated: PushRound[];
  readonly steady: PushRound[];
}

const measured = (name: string, rounds: readonly PushRound[], writingUs: number): Measured => ({
  name,
  costs: rounds.map(({ cost }) => cost),
  writingUs,
  commands: rounds.at(-1)?.commands ?? new Map(),
});

const runRounds = async (
  contestants: readonly Contestant[],
  { rounds, seconds, undelivered, perS }: PushOptions,
): Promise<readonly Results[]> => {
  const results = contestants.map((): Results => ({ saturated: [], steady: [] }));
  const saturating: Flow = { undelivered };
  for (const contestant of contestants) await contestant.run(saturating, WARM_UP_ROUNDS * seconds);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, contestant] of contestants.entries()) {
      results[index]?.saturated.push(await contestant.run(saturating, seconds));
      if (round < STEADY_ROUNDS_MAX) results[index]?.steady.push(await contestant.run({ perS }, seconds));
    }
  }
  return results;
};

/** Runs all servers in turn over one transport, then lets their writers write alone, as they did. */
export const compareOver = async (transport: Transport, options: PushOptions): Promise<Compared> => {
  const driver = PushDriver.start();
  const started: Candidate[] = [];
  const contestants: Contestant[] = [];
  try {
    for (const start of candidates(options.users)) {
      const candidate = await start();
      started.push(candidate);
      contestants.push(await Contestant.connect(candidate, driver, transport, options.users));
    }
    const results = await runRounds(contestants, options);
    const saturated: Measured[] = [];
    const steady: Measured[] = [];
    for (const [index, contestant] of contestants.entries()) {
      const rounds = results[index];
      if (rounds === undefined) continue;
      await contestant.leave();
      const perS = median(rounds.saturated.map(({ cost }) => cost.requestsPerS));
      const together = Math.round(median(rounds.saturated.map((round) => round.together)));
      const saturatedUs = await contestant.writeAlone(perS, together, options.seconds);
      const steadyUs = await contestant.writeAlone(options.perS, 1, options.seconds);
      saturated.push(measured(contestant.name, rounds.saturated, saturatedUs));
      steady.push(measured(contestant.name, rounds.steady, steadyUs));
    }
    return { saturated, steady };
  } finally {
    await driver.stop();
    await Promise.all(contestants.map((contestant) => contestant.stop()));
    await Promise.all(
      started.map(async ({ stopServer, store }) => {
        await stopServer();
        await store?.redis.stop();
      }),
    );
  }
};
