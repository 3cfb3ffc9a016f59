#!/usr/bin/env node
// Breaks what can break while customers chat, and compares what they saw with the store: node scripts/chaos.mjs mix|cometd|power-cut
// (docs/chaos.md and docs/reliability.md say what is broken, what is checked and what is printed).
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/root.mjs';

const PROGRAMS = { mix: 'mix-chaos.js', cometd: 'cometd-chaos.js', 'power-cut': 'power-cut.js' };

const [name = ''] = process.argv.slice(2);
const program = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
if (program === undefined) {
  process.stderr.write(`usage: node scripts/chaos.mjs ${Object.keys(PROGRAMS).join('|')}\n`);
  process.exit(64);
}
await prepare();
const chaos = spawn(process.execPath, [join(root, 'dist/test/chaos', program)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the program as well, and its end is the end of all that it started.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => chaos.kill('SIGTERM'));
chaos.on('exit', (code) => process.exit(code ?? 1));
