import { startStore } from '../load/measure/bench-store.js';
import { table } from '../load/measure/table.js';
import { readChaosOptions } from './cometd/chaos-options.js';
import { type RoundResult, runRound } from './cometd/round.js';

/** Violations of one seed that are printed. */
const PRINTED_MAX = 20;

const options = readChaosOptions();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const isGood = ({ violations, failures }: RoundResult): boolean => violations.length === 0 && failures.length === 0;

const row = ({ seed, shown, again, kills, lostReplies, handshakes, seconds, violations, failures }: RoundResult) => [
  ...[String(seed), String(shown), String(again), String(kills), String(lostReplies), String(handshakes)],
  ...[seconds.toFixed(1), String(violations.length + failures.length)],
];

const store = await startStore('chaos');
const results: RoundResult[] = [];
try {
  say(
    `# CometD under chaos: ${options.seeds.length} seeds × ${options.users} users, ${options.events} events, ${100 * options.lostShare} % of replies destroyed\n`,
  );
  for (const seed of options.seeds) {
    const result = await runRound(seed, { ...store, keyPrefix: `chaos-${seed}` }, options);
    results.push(result);
    say(
      `seed ${seed}: ${isGood(result) ? 'good' : `FAILED; again with SEED=${seed}`} (${result.seconds.toFixed(0)} s)`,
    );
    for (const failure of result.failures) say(`  ${failure}`);
    for (const { kind, user, what } of result.violations.slice(0, PRINTED_MAX)) say(`  ${kind}: ${user}: ${what}`);
  }
} finally {
  await store.redis.stop();
}
const head = ['seed', 'shown', 'again', 'kills', 'replies lost', 'handshakes', 's', 'violations'];
say(`\n${table(head, results.map(row))}`);
const bad = results.filter((result) => !isGood(result)).map(({ seed }) => seed);
say(bad.length === 0 ? '\nAll events, in order, none twice.' : `\nFAILED: seeds ${bad.join(', ')}`);
process.exit(bad.length === 0 ? 0 : 1);
