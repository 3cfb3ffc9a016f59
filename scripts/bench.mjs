#!/usr/bin/env node
// Measures what the product costs: node scripts/bench.mjs write|replay|push|idle|route|desk|load (docs/benchmarks.md says what is printed).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/root.mjs';

const NAMES = ['write', 'replay', 'push', 'idle', 'route', 'desk', 'load'];

const [name] = process.argv.slice(2);
if (!NAMES.includes(name)) {
  process.stderr.write(`usage: node scripts/bench.mjs ${NAMES.join('|')}\n`);
  process.exit(64);
}
if (process.platform !== 'linux') {
  process.stderr.write('The benchmarks read the processor time of other processes from /proc, which only Linux has.\n');
  process.exit(78);
}
await prepare();
const bench = spawn(process.execPath, [join(root, `dist/test/load/${name}-bench.js`)], { cwd: root, stdio: 'inherit' });
// Ctrl-C reaches the benchmark as well, and its end is the end of all that it started.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => bench.kill('SIGTERM'));
bench.on('exit', (code) => process.exit(code ?? 1));
