#!/usr/bin/env node
// `npm run test:topologies`: what `npm test` runs over one Redis, over Sentinel and Cluster as well, and in part over
// TLS with an ACL user of least rights; then what happens when their nodes fail (test/topology).
// `npm run test:topologies -- cluster` runs one of them. docs/redis.md tells what is tested how.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jestCommand, jestEnv } from './lib/jest-run.mjs';
import { prepare } from './lib/prepare.mjs';
import { ensurePrograms, OPENSSL } from './lib/programs.mjs';
import { root } from './lib/root.mjs';

/** Suites whose subject is what Redis keeps; the others do not know where Redis is. */
const STORES = [
  'libs/event-store/src/redis-event-store.int-spec',
  'libs/event-store/src/user-history',
  'libs/delivery/src',
  'libs/routing/src',
  'libs/broker/src/feed-server.int-spec',
  'libs/logic/src/redis-logic-versions',
  'libs/runtime/src/user-data',
  'apps/gateway/src/service/services',
  'apps/worker/src',
];
/** Those that do nothing that a user with the least rights may not do. */
const FEW_STORES = ['libs/delivery/src', 'libs/routing/src', 'libs/broker/src/feed-server.int-spec', 'user-history'];
const TAIL = 'test/e2e/cli-tail.e2e-spec';
const CONFORMANCE = ['test/conformance', TAIL];
/** One file of each part of the product. */
const PARTS = [
  ...['advanced-cometd', 'advanced-dialogs', 'cometd-delivery', 'positions', 'robot', 'seed', 'storage'].map(
    (name) => `test/conformance/${name}.e2e-spec`,
  ),
  ...['push', 'webhooks'].map((name) => `test/e2e/${name}.e2e-spec`),
  TAIL,
];

const TOPOLOGIES = {
  single: { stores: STORES, conformance: CONFORMANCE, own: [] },
  sentinel: { stores: STORES, conformance: CONFORMANCE, own: ['sentinel'] },
  cluster: { stores: STORES, conformance: CONFORMANCE, own: ['cluster'] },
  tls: { stores: FEW_STORES, conformance: PARTS, own: [] },
};
const STANDARD = ['sentinel', 'cluster', 'tls'];

const named = process.argv.slice(2);
const stranger = named.find((name) => !(name in TOPOLOGIES));
if (stranger !== undefined) {
  process.stderr.write(`usage: node scripts/test-topologies.mjs [${Object.keys(TOPOLOGIES).join('|')}]...\n`);
  process.exit(64);
}

await prepare();
ensurePrograms([OPENSSL]);
const { startTestTopology } = await import(join(root, 'dist/test/support/start-topology.js'));
mkdirSync(join(root, '.cache'), { recursive: true });
const results = mkdtempSync(join(root, '.cache/topologies-'));
let child;
let isInterrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isInterrupted = true;
    child?.kill('SIGTERM');
  });
}

let hasFailed = false;
try {
  for (const name of named.length === 0 ? STANDARD : named) {
    if (!isInterrupted) hasFailed = !(await runTopology(name)) || hasFailed;
  }
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.exit(hasFailed || isInterrupted ? 1 : 0);

/** Runs all that belongs to a topology and says so in one line; what failed says more. */
async function runTopology(name) {
  const { stores, conformance, own } = TOPOLOGIES[name];
  const startedMs = Date.now();
  const parts = [];
  const topology = await startTestTopology(name);
  try {
    const env = { ...jestEnv(), ...topology.env };
    parts.push(await runJest(`${name} stores`, 'integration', stores, env));
    parts.push(await runJest(`${name} conformance`, 'e2e', conformance, env));
  } finally {
    await topology.stop();
  }
  const words = own.map((word) => `test/topology/${word}`);
  if (words.length > 0) parts.push(await runJest(`${name} faults`, 'topology', words, jestEnv()));
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  const isOk = parts.every((part) => part.failed === 0) && sum('passed') > 0;
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
  const figures = parts.map(({ title, passed, seconds: took }) => `${title} ${passed} in ${took} s`).join(', ');
  process.stdout.write(
    `${isOk ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.padStart(4)} s  ${sum('passed')} passed, ${sum('failed')} failed (${figures})\n`,
  );
  return isOk;
}

async function runJest(title, kind, words, env) {
  const file = join(results, `${title.replace(' ', '-')}.json`);
  const startedMs = Date.now();
  const { code, output } = await outputOf(
    jestCommand(kind, ['--json', '--outputFile', file, '--color', ...words]),
    env,
  );
  const { passed, failed } = countsOf(file, code);
  if (failed > 0) process.stdout.write(`${output.trimEnd()}\n\n`);
  return { title: title.split(' ')[1], passed, failed, seconds: ((Date.now() - startedMs) / 1000).toFixed(0) };
}

function outputOf(args, env) {
  return new Promise((resolve) => {
    child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part) => (output += part));
    child.stderr.setEncoding('utf8').on('data', (part) => (output += part));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A run that leaves no report counts as one failure, and so does one that fails although every test has passed. */
function countsOf(file, code) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
