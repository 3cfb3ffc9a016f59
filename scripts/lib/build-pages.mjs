import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { markOf } from './sources.mjs';

const FOLDER = 'apps/desk';
const PAGES = ['desk', 'demo'];
const OUTPUT = join(root, 'dist', FOLDER);
/** What the pages were made of; beside their folders, so that it is not served. */
const STAMP = join(OUTPUT, '.pages.json');
/** Files that change the result of every page. */
const SETTINGS = [
  'package-lock.json',
  'scripts/lib/build-pages.mjs',
  ...['vite.config.ts', 'tsconfig.json'].map((name) => `${FOLDER}/${name}`),
];

/**
 * Builds the pages whose sources have changed since the last build, each into `dist/apps/desk/<page>`. A page without
 * sources, as in an image that brings dist alone, is passed over.
 * @returns {Promise<{changed: string[], errors: string[]}>} names of the pages built; one message per page that failed
 */
export async function buildPages() {
  const stamp = readStamp();
  const stale = PAGES.map((page) => ({ page, mark: markOfPage(page) })).filter(
    ({ page, mark }) => mark !== undefined && (stamp[page] !== mark || !existsSync(join(OUTPUT, page, 'index.html'))),
  );
  if (stale.length === 0) return { changed: [], errors: [] };
  const { build } = await import('vite');
  const errors = [];
  for (const { page, mark } of stale) {
    try {
      await buildPage(build, page);
      stamp[page] = mark;
    } catch (error) {
      errors.push(`${FOLDER}/${page}\n${error.message.trimEnd()}`);
    }
  }
  place(STAMP, JSON.stringify(stamp));
  const failed = errors.map((error) => error.split('\n')[0]);
  return { changed: stale.map(({ page }) => page).filter((page) => !failed.includes(`${FOLDER}/${page}`)), errors };
}

/** Whoever reads the folder meanwhile finds the old page or the new one, not half of each. */
async function buildPage(build, page) {
  const fresh = join(OUTPUT, `.${page}.${process.pid}`);
  const target = join(OUTPUT, page);
  const old = `${fresh}.old`;
  try {
    await build({
      configFile: join(root, FOLDER, 'vite.config.ts'),
      mode: page,
      logLevel: 'error',
      build: { outDir: fresh },
    });
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Changes when any file of the page does; undefined where there is no page. */
function markOfPage(page) {
  const folder = join(FOLDER, page);
  if (!existsSync(join(root, folder, 'index.html'))) return undefined;
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts') && !entry.name.startsWith('.'))
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length).replaceAll('\\', '/'))
    .sort();
  return [...SETTINGS, ...files].map((path) => `${path} ${markOf(path)}`).join('\n');
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return {};
  }
}

function place(file, content) {
  mkdirSync(OUTPUT, { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
