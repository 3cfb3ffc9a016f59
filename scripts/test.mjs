#!/usr/bin/env node
// `npm test`: everything that must pass before a change is merged, each step on one line, the sum on the last.
// `npm test -- unit tsc` runs only the steps named.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
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
let isInterrupted = false;

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
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(isInterrupted || total.failed > 0 ? 1 : 0);

/** Works off steps until there are none. */
async function lane(steps) {
  for (let step = steps.shift(); step !== undefined && !isInterrupted; step = steps.shift()) await run(step);
}

async function run({ name, args, env, count }) {
  const started = Date.now();
  const { code, output } = await outputOf(args, env);
  const { passed, failed, skipped } = count(code);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  const isOk = code === 0 && failed === 0;
  const figures = count === byExit ? '' : `  ${passed + failed} tests${skipped > 0 ? `, ${skipped} SKIPPED` : ''}`;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(13)} ${seconds.padStart(5)} s${figures}\n`);
  if (!isOk) process.stdout.write(`${output.trimEnd()}\n\n`);
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

function jest(kind) {
  const file = join(results, `${kind}.json`);
  return {
    name: kind,
    args: jestCommand(kind, ['--json', '--outputFile', file, '--color']),
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
  };
}
