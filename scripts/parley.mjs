#!/usr/bin/env node
// The `parley` command: prepares the working copy, then hands over to the TypeScript commands of apps/cli.
import { prepare } from './lib/prepare.mjs';
import { runCli } from './lib/run-cli.mjs';

await prepare();
await runCli(process.argv.slice(2));
