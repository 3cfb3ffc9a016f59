import { table } from '../load/measure/table.js';
import type { Recovery } from './mix/faults.js';
import { readMixOptions } from './mix/mix-options.js';
import { type MixResult, runMixRound, type Struck } from './mix/mix-round.js';
import { proveChecker } from './mix/planted.js';

/** Violations and failures of one seed that are printed. */
const PRINTED_MAX = 20;
/** How soon things go on after a fault, as promised, in milliseconds. */
const PROMISED_MS: Readonly<Record<Recovery['what'], number>> = { gateway: 2_000, worker: 10_000, Redis: 3_000 };

const options = readMixOptions();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const isGood = ({ violations, failures }: MixResult): boolean => violations.length === 0 && failures.length === 0;

const proofs = proveChecker();
const wrong = proofs.filter(({ isRight }) => !isRight);
say(
  `# Random mix of faults: seeds ${options.seeds.join(', ')}; ${options.roundMs / 1_000} s each, ${options.pollers} polling and ${options.listeners} CometD customers, ${options.agents} agents\n`,
);
for (const { what, expected, found, isRight } of proofs) {
  say(`checker: ${what}: ${isRight ? `found ${expected}` : `WRONG: expected ${expected}, found ${found.join(', ')}`}`);
}
if (wrong.length > 0) {
  say('\nFAILED: the checker does not find what was planted.');
  process.exit(1);
}
say('');

/** `F10 31 s`; in brackets when another one struck at the same time. */
const struckText = ({ fault: { id }, isAlone, tookMs }: Struck): string => {
  const text = `${id} ${(tookMs / 1_000).toFixed(0)} s`;
  return isAlone ? text : `(${text})`;
};

const results: MixResult[] = [];
/** Seeds that could not be lived through. */
const broken: number[] = [];
const isResult = (value: unknown): value is MixResult =>
  typeof value === 'object' && value !== null && 'verdict' in value;
for (const seed of options.seeds) {
  const result = await runMixRound(seed, options).catch((error: unknown) => error);
  if (!isResult(result)) {
    broken.push(seed);
    say(`seed ${seed}: FAILED; again with SEED=${seed}\n  ${String(result)}`);
    continue;
  }
  results.push(result);
  say(`seed ${seed}: ${isGood(result) ? 'good' : `FAILED; again with SEED=${seed}`} (${result.seconds.toFixed(0)} s)`);
  say(`  ${result.struck.map(struckText).join(', ')}`);
  for (const [message, count] of result.errors) say(`  logged ${count} ×: ${message}`);
  for (const failure of result.failures.slice(0, PRINTED_MAX)) say(`  ${failure}`);
  for (const { kind, chat, what } of result.violations.slice(0, PRINTED_MAX)) say(`  ${kind}: ${chat}: ${what}`);
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);
const row = ({ seed, durability, verdict, repeated, shown, ...rest }: MixResult): readonly string[] => [
  ...[String(seed), durability, String(rest.struck.length), String(verdict.kept), String(repeated)],
  ...[String(verdict.unknown), String(verdict.refused), String(rest.unavailable), seconds(rest.slowest503Ms)],
  ...[
    String(verdict.readings),
    String(shown),
    rest.memoryMb.toFixed(0),
    rest.seconds.toFixed(0),
    String(verdict.rolledBack),
  ],
  String(rest.violations.length + rest.failures.length),
];
say(
  `\n${table(
    [
      ...['seed', 'durability', 'faults', 'kept', 'sent twice', 'unknown', 'refused', '503', 'slowest'],
      ...['readings', 'shown', 'MB', 's', 'rolled back', 'violations'],
    ],
    results.map(row),
  )}`,
);

/** What struck, and the recoveries of those that struck alone. */
const strikes = new Map<string, { count: number; readonly recoveries: Recovery[] }>();
for (const { fault, recovery, isAlone } of results.flatMap(({ struck }) => struck)) {
  const name = `${fault.id} ${fault.name}`;
  const strike = strikes.get(name) ?? { count: 0, recoveries: [] };
  strike.count += 1;
  if (recovery !== undefined && isAlone) strike.recoveries.push(recovery);
  strikes.set(name, strike);
}
const late: string[] = [];
const strikeRow = ([name, { count, recoveries }]: [string, { count: number; readonly recoveries: Recovery[] }]) => {
  const times = recoveries.map(({ ms }) => ms).toSorted((one, other) => one - other);
  const [first] = recoveries;
  if (first === undefined) return [name, String(count), '0', '', '', ''];
  const promisedMs = PROMISED_MS[first.what];
  const slowestMs = times.at(-1) ?? 0;
  if (slowestMs > promisedMs) late.push(`${name}: ${seconds(slowestMs)} s`);
  const median = seconds(times[Math.floor(times.length / 2)] ?? 0);
  return [name, String(count), String(times.length), median, seconds(slowestMs), seconds(promisedMs)];
};
const strikeRows = [...strikes].toSorted(([one], [other]) => one.localeCompare(other)).map(strikeRow);
say(`\n${table(['fault', 'times', 'alone', 'back after s (median)', 'slowest', 'promised'], strikeRows)}`);

const bad = [...broken, ...results.filter((result) => !isGood(result)).map(({ seed }) => seed)];
if (late.length > 0) say(`\nLATE: ${late.join('; ')}`);
say(bad.length === 0 ? '\nNothing lost, doubled, leaked or out of order.' : `\nFAILED: seeds ${bad.join(', ')}`);
process.exit(bad.length === 0 ? 0 : 1);
