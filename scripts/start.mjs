#!/usr/bin/env node
// `npm start`: from a fresh clone to a running Parley. The launcher itself is TypeScript: apps/cli.
import { prepare } from './lib/prepare.mjs';
import { runCli } from './lib/run-cli.mjs';

await prepare();
await runCli(['start', ...process.argv.slice(2)]);
