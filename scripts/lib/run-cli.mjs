import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';

/** Runs a command of apps/cli in this very process: one process less to start, and signals need no forwarding. */
export async function runCli(args) {
  const main = join(root, 'dist/apps/cli/src/main.js');
  process.argv = [process.execPath, main, ...args];
  await import(pathToFileURL(main).href);
}
