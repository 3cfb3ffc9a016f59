#!/usr/bin/env node
// `npm run dev`: as `npm start`, and a change of a source is compiled and running in under 2 s. Redis keeps running.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildChanged } from './lib/build.mjs';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/root.mjs';

/** An editor saves in several steps, and a branch switch touches many files: they count as one change, in ms. */
const DEBOUNCE_MS = 50;

let timer;
let work = Promise.resolve();
let isDefinitionChanged = false;

await prepare();
const { start } = await import(pathToFileURL(join(root, 'dist/apps/cli/src/start/start.js')).href);

const code = await start({
  isDevelopment: true,
  onLaunch: (launcher) => {
    for (const folder of ['apps', 'libs', 'services']) follow(folder, launcher);
  },
});
// The watchers would keep the process alive.
process.exit(code);

function follow(folder, launcher) {
  const watcher = watch(join(root, folder), { recursive: true }, (_, file) => {
    if (file !== null && isSource(file)) later(launcher, folder === 'services');
  });
  watcher.on('error', (error) => process.stderr.write(`${folder}/ is no longer watched: ${error.message}\n`));
}

function isSource(file) {
  return /\.(tsx?|lua|ya?ml|json|html|css|svg|m?js)$/.test(file) && !/\.(spec|int-spec|e2e-spec)\.ts$/.test(file);
}

function later(launcher, isDefinition) {
  isDefinitionChanged ||= isDefinition;
  clearTimeout(timer);
  timer = setTimeout(() => {
    work = work.then(() => renew(launcher)).catch((error) => process.stderr.write(`${error.stack}\n`));
  }, DEBOUNCE_MS);
}

async function renew(launcher) {
  const { changed, errors } = await buildChanged();
  if (errors.length > 0) {
    process.stderr.write(`\n${errors.join('\n\n')}\n\nThe last version that compiled keeps running.\n`);
    return;
  }
  if (changed.length === 0 && !isDefinitionChanged) return;
  isDefinitionChanged = false;
  const what = changed.length === 1 ? changed[0] : `${changed.length || 'the service'} files`;
  process.stdout.write(`Changed: ${what}\n`);
  if (changed.some((path) => path.startsWith('apps/cli/'))) {
    process.stdout.write('A change of the launcher itself takes effect at the next `npm run dev`.\n');
    if (changed.every((path) => path.startsWith('apps/cli/'))) return;
  }
  await launcher.restartServices();
}
