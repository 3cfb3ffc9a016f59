import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../load/measure/table.js';
import { type PowerCutResult, runPowerCut } from './power-cut/power-cut-run.js';
import { compileSyncRecorder, NoCompilerError } from './power-cut/sync-recorder.js';
import { wholeNumberFrom } from './whole-number.js';

/** EX_UNAVAILABLE of sysexits.h: a program that is needed is not there. */
const EXIT_UNAVAILABLE = 69;
const PRINTED_MAX = 10;

const isQuick = process.env['QUICK'] === '1';
const seed = wholeNumberFrom('SEED', 1, 0);
const messages = wholeNumberFrom('MESSAGES', isQuick ? 4_000 : 200_000, 1);
const amounts = { messages, cuts: isQuick ? 2 : 10, writers: 64, seed };

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const row = (fsync: string, { kept, cuts, lost, doubled, broken, seconds }: PowerCutResult): readonly string[] => [
  ...[fsync, String(kept), String(cuts.length), String(sum(cuts.map(({ bytes }) => bytes)))],
  ...[String(lost.length), String(doubled.length), String(broken.length), seconds.toFixed(1)],
];

const folder = mkdtempSync(join(tmpdir(), 'parley-power-'));
try {
  say(`# Power cuts: ${messages} answered messages, ${amounts.cuts} cuts, seed ${seed}\n`);
  const library = compileSyncRecorder(folder);
  const always = await runPowerCut({ ...amounts, fsync: 'always', library });
  // What this finds must be there to be found: the same with a file that is synced every second loses something.
  const everysec = await runPowerCut({
    ...amounts,
    ...{ fsync: 'everysec', library, messages: isQuick ? 4_000 : 20_000, cuts: 2 },
  });
  const head = ['appendfsync', 'answered', 'cuts', 'bytes cut', 'lost', 'doubled', 'chains broken', 's'];
  say(table(head, [row('always', always), row('everysec', everysec)]));
  const { lost, doubled, broken } = always;
  for (const fault of [...lost, ...doubled, ...broken].slice(0, PRINTED_MAX)) say(fault);
  const isKept = lost.length + doubled.length + broken.length === 0;
  const isProven = everysec.lost.length > 0;
  say(
    `\n${isKept ? `0 of ${always.kept} answered messages lost with always.` : 'FAILED: something was lost with always.'}`,
  );
  if (!isProven) say('FAILED: nothing was lost with everysec either, so the cut cuts nothing.');
  process.exitCode = isKept && isProven ? 0 : 1;
} catch (error) {
  if (!(error instanceof NoCompilerError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_UNAVAILABLE;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
