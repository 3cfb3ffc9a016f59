#!/usr/bin/env node
// Runs one kind of tests: node scripts/jest.mjs unit|integration|e2e [words for jest]
import { spawn } from 'node:child_process';
import { jestCommand, jestEnv, kinds } from './lib/jest-run.mjs';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/root.mjs';

const [kind, ...args] = process.argv.slice(2);
if (!kinds.includes(kind)) {
  process.stderr.write(`usage: node scripts/jest.mjs ${kinds.join('|')} [words for jest]\n`);
  process.exit(64);
}
await prepare();
const jest = spawn(process.execPath, jestCommand(kind, args), { cwd: root, env: jestEnv(), stdio: 'inherit' });
// Ctrl-C reaches jest as well; we stay until it has cleaned up.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => jest.kill('SIGTERM'));
jest.on('exit', (code) => process.exit(code ?? 1));
