import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { writeAgentsFile } from '../support/agents-file.js';
import { launchBrowser, openPage } from '../support/browser.js';
import { type Stack, startStack } from '../support/stack.js';
import { BusyDesk, type Delays } from './desk/busy-desk.js';
import { readOptions } from './measure/options.js';
import { figure, table } from './measure/table.js';

// How an agent's page feels while much happens: the time from a key to the next frame, and the longest frame.

const GOAL_MS = 100;
const GOAL_BYTES = 120_000;
const CHATS = 20;
/** Events a second in all chats together: nothing, the goal, and each chat at the goal. */
const RATES = [0, 10, 200];

const options = readOptions({ rounds: 1, seconds: 20 });
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** What a browser loads of the page, packed. */
const packedBytes = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + gzipSync(readFileSync(join(parentPath, name))).length, 0);

const measure = async (stack: Stack): Promise<void> => {
  const browser = await launchBrowser();
  try {
    const [gateway] = stack.gateways;
    if (gateway === undefined) throw new Error('the stack has no gateway');
    const { page } = await openPage(browser, `${gateway.internalUrl}/desk`, { viewport: { width: 1280, height: 800 } });
    const desk = await BusyDesk.open(page, gateway, CHATS);
    const rows: (readonly [number, Delays])[] = [];
    for (const perS of RATES) {
      // A breath between: what was left over is not measured along.
      await pause(500);
      rows.push([perS, await desk.type(perS, options.seconds)]);
    }
    desk.close();
    report(rows);
  } finally {
    await browser.close();
  }
};

const report = (rows: readonly (readonly [number, Delays])[]): void => {
  const idle = rows[0]?.[1].p99Ms ?? 1;
  say(
    table(
      ['events/s', 'told', 'key to frame p50 ms', 'p99 ms', 'max ms', 'longest frame ms', '× idle (p99)'],
      rows.map(([perS, { told, p50Ms, p99Ms, maxMs, frameMs }]) => [
        ...[String(perS), String(told), figure(p50Ms), figure(p99Ms), figure(maxMs), figure(frameMs)],
        (p99Ms / idle).toFixed(2),
      ]),
    ),
  );
  for (const [perS, { maxMs }] of rows.slice(1)) {
    const isMet = maxMs < GOAL_MS ? 'met' : 'NOT met';
    say(
      `${CHATS} chats, ${perS} events/s: at most ${figure(maxMs)} ms from a key to the frame (goal ${GOAL_MS} ms: ${isMet})`,
    );
  }
};

const folder = mkdtempSync(join(tmpdir(), 'parley-desk-bench-'));
const bytes = packedBytes(join(import.meta.dirname, '../../apps/desk/desk'));
say(`# Desk: node ${process.version}, ${process.platform} ${release()}, ${options.seconds} s a row\n`);
say(
  `page: ${(bytes / 1_000).toFixed(1)} kB packed (goal ${GOAL_BYTES / 1_000} kB: ${bytes <= GOAL_BYTES ? 'met' : 'NOT met'})\n`,
);
const stack = await startStack({
  env: {
    DEMO_AGENT: '0',
    LOG_LEVEL: 'warn',
    MESSAGES_PER_10S: '100000',
    AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate', capacity: CHATS + 5 }]),
  },
});
try {
  await measure(stack);
} finally {
  await stack.stop();
  rmSync(folder, { recursive: true });
}
