import { join } from 'node:path';
import { root } from './root.mjs';

/** Kinds of tests: the jest project, how many workers suit two cores, and how long one test may take in milliseconds. */
const KINDS = {
  unit: { workers: 2, timeoutMs: 10_000 },
  integration: { workers: 2, timeoutMs: 30_000 },
  // Each e2e test runs several processes of its own; they mostly wait for one another.
  e2e: { workers: 2, timeoutMs: 60_000 },
  // Nodes of Redis that fail; they are no part of `npm test`, see scripts/test-topologies.mjs.
  topology: { workers: 1, timeoutMs: 120_000 },
};

export const kinds = Object.keys(KINDS);

/** The command line that runs one kind of tests, with as many workers as suit it unless told. */
export function jestCommand(kind, args = [], workers = KINDS[kind].workers) {
  const { timeoutMs } = KINDS[kind];
  return [
    // Jest loads ES modules through an interface that Node calls experimental; nobody needs to be told each time.
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    ...['--config', join(root, 'jest.config.cjs'), '--rootDir', root, '--selectProjects', kind],
    ...['--passWithNoTests', `--maxWorkers=${workers}`, `--testTimeout=${timeoutMs}`],
    ...args,
  ];
}

/** Workers of jest are processes of their own and take their options from here. */
export function jestEnv() {
  const options = [process.env.NODE_OPTIONS, '--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return { ...process.env, NODE_OPTIONS: options.filter(Boolean).join(' ') };
}
