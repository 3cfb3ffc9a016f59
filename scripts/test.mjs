#!/usr/bin/env node
// `npm test`: everything that must pass before a change is merged, each step on one line, the sum on the last.
// `npm test -- unit tsc` runs only the steps named.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { jestCommand, jestEnv } from './lib/jest-run.mjs';
import { prepare } from './lib/prepare.mjs';
import { ensurePrograms, TEST_PROGRAMS } from './lib/programs.mjs';
import { root } from './lib/root.mjs';

await prepare();
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
const results = mkdtempSync(join(cache, 'test-'));
const children = new Set();
const total = { passed: 0, failed: 0, skipped: 0 };
/** Tests that failed beside others and passed alone. */
const unsteady = [];
let isInterrupted = false;

/** Kinds of tests that start servers, whose files may be looked at twice, and at how many at most. */
const SECOND_LOOKS = ['integration', 'e2e'];
const SECOND_LOOK_FILES_MAX = 3;
/** Files whose failure may be a message lost or doubled: once is too often. */
const PROMISES = /chaos|power-cut|model-walk|interleaving|lost-replies/;

/** Steps of one group run two at a time; what measures time or starts servers has the machine for itself. */
const groups = [
  [
    tool('eslint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint'),
    tool('tsc', 'typescript/bin/tsc', '--noEmit', '--incremental', '--tsBuildInfoFile', '.cache/tsc.tsbuildinfo'),
    tool('tsc pages', 'typescript/bin/tsc', '--noEmit', '-p', 'apps/desk'),
    tool(
      'prettier',
      'prettier/bin/prettier.cjs',
      ...['--check', '.', '--cache', '--cache-location', '.cache/prettier', '--log-level', 'warn'],
    ),
    tool(
      'import rules',
      'dependency-cruiser/bin/dependency-cruise.mjs',
      ...['apps', 'libs', 'test', '--config', '.dependency-cruiser.cjs'],
    ),
    jest('unit'),
  ],
  [jest('integration')],
  [jest('e2e')],
];

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isInterrupted = true;
    for (const child of children) child.kill('SIGTERM');
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !groups.flat().some((step) => step.name === name));
if (unknown.length > 0) {
  const names = groups.flat().map((step) => `"${step.name}"`);
  process.stderr.write(`no such step: ${unknown.join(', ')}. Steps: ${names.join(', ')}\n`);
  process.exit(64);
}

if (wanted.length === 0 || wanted.includes('e2e')) ensurePrograms(TEST_PROGRAMS);
try {
  for (const group of groups) {
    const steps = group.filter((step) => wanted.length === 0 || wanted.includes(step.name));
    await Promise.all([lane(steps), lane(steps)]);
  }
} finally {
  rmSync(results, { recursive: true, force: true });
}
for (const test of unsteady) process.stdout.write(`unsteady (failed beside others, passed alone): ${test}\n`);
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(isInterrupted || total.failed > 0 ? 1 : 0);

/** Works off steps until there are none. */
async function lane(steps) {
  for (let step = steps.shift(); step !== undefined && !isInterrupted; step = steps.shift()) await run(step);
}

async function run(step) {
  const { name, count } = step;
  const started = Date.now();
  const first = await attempt(step);
  const again = isInterrupted ? undefined : await secondLook(step, first);
  const { code, output, passed, failed, skipped } = again ?? first;
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const isOk = code === 0 && failed === 0;
  const figures = count === byExit ? '' : `  ${passed + failed} tests${skipped > 0 ? `, ${skipped} SKIPPED` : ''}`;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(13)} ${seconds.padStart(5)} s${figures}\n`);
  if (!isOk || again !== undefined) process.stdout.write(`${output.trimEnd()}\n\n`);
}

async function attempt({ args, env, count }) {
  const { code, output } = await outputOf(args, env);
  return { code, output, ...count(code) };
}

/**
 * A few files whose tests failed beside others run once more, each alone: limits of time that a busy machine missed are
 * told from what is wrong. Whatever differs is said. Tests that look for lost or doubled messages get no second look.
 */
async function secondLook({ kind, name }, first) {
  const { failures = [] } = first;
  const files = [...new Set(failures.map(({ file }) => file))];
  const isWorthIt = SECOND_LOOKS.includes(kind) && files.length > 0 && files.length <= SECOND_LOOK_FILES_MAX;
  if (!isWorthIt || files.some((file) => PROMISES.test(file))) return undefined;
  const second = await attempt(jest(kind, files));
  if (second.code !== 0 || second.failed > 0) return undefined;
  unsteady.push(...failures.map(({ file, test }) => `${name}: ${relative(root, file)}: ${test}`));
  return { ...first, code: 0, failed: 0, passed: first.passed + first.failed };
}

function outputOf(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.add(child);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (output += part));
    child.stderr.setEncoding('utf8').on('data', (part) => (output += part));
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

function tool(name, file, ...args) {
  return { name, args: [join(root, 'node_modules', file), ...args], env: process.env, count: byExit };
}

function byExit(code) {
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** One kind of tests, or of those only the files given, one after the other. */
function jest(kind, files) {
  const file = join(results, files === undefined ? `${kind}.json` : `${kind}-again.json`);
  const reported = ['--json', '--outputFile', file, '--color'];
  return {
    ...{ name: kind, kind },
    args:
      files === undefined
        ? jestCommand(kind, reported)
        : jestCommand(kind, [...reported, '--runTestsByPath', ...files], 1),
    env: jestEnv(),
    count: (code) => byReport(file, code),
  };
}

/** A test file that does not even load counts as one failed; so does a run that leaves no report. */
function byReport(file, code) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    // Teardown of the whole run may fail after every test has passed.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap(failuresOf),
  };
}

/** The failed tests of a file; a file that does not load is one. */
function failuresOf({ name: file, status, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed').map(({ fullName }) => fullName);
  if (failed.length === 0 && status === 'failed') return [{ file, test: 'did not load' }];
  return failed.map((test) => ({ file, test }));
}
