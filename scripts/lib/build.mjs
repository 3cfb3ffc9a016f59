import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { buildPages } from './build-pages.mjs';
import { markOf, outputOf, sources } from './sources.mjs';
import { root } from './root.mjs';

/** What dist was made of: the compiler's settings and a mark for each source. */
const stampFile = join(root, 'dist', '.build.json');

/** Files that change the result of every other one. */
const SETTINGS = ['.swcrc', 'package-lock.json', 'scripts/lib/build.mjs', 'scripts/lib/sources.mjs'];

/**
 * Compiles the sources that have changed since the last build and removes the results of those that went away.
 * A file with an error keeps its old result and is tried again next time.
 * @returns {Promise<{changed: string[], errors: string[]}>} sources compiled or removed; one message per faulty file
 */
async function compileChanged() {
  const now = sources();
  // An alias such as @app/wire is resolved at compile time: a lib that came or went changes whoever imports it.
  const libs = [...now.keys()].filter((path) => /^libs\/[^/]+\/src\/index\.ts$/.test(path));
  const settings = [...SETTINGS.map((path) => markOf(path)), ...libs.sort()].join(' ');
  const before = readStamp(settings);
  const stale = [...now].filter(([path, mark]) => before.get(path) !== mark).map(([path]) => path);
  const gone = [...before.keys()].filter((path) => !now.has(path));
  if (stale.length === 0 && gone.length === 0) return { changed: [], errors: [] };

  for (const path of gone) {
    rmSync(join(root, outputOf(path)), { force: true });
    rmSync(join(root, `${outputOf(path)}.map`), { force: true });
    before.delete(path);
  }
  const errors = [];
  const compile = stale.some((path) => path.endsWith('.ts')) ? await compiler() : undefined;
  await Promise.all(
    stale.map(async (path) => {
      try {
        if (path.endsWith('.ts')) await compile(path);
        else copy(path);
        before.set(path, now.get(path));
      } catch (error) {
        // The old result stays, and so does the old mark: the next build tries again.
        errors.push(`${path}\n${error.message.split('\n\nCaused by:')[0].trimEnd()}`);
      }
    }),
  );
  write(stampFile, JSON.stringify({ settings, files: Object.fromEntries(before) }));
  return { changed: [...stale, ...gone], errors };
}

/** Compiles changed sources and builds changed pages; the same form of answer as of both. */
export async function buildChanged() {
  const compiled = await compileChanged();
  const pages = await buildPages();
  return { changed: [...compiled.changed, ...pages.changed], errors: [...compiled.errors, ...pages.errors] };
}

/** Builds what is out of date and says so in a line; ends the process when a source does not compile. */
export async function build() {
  const started = Date.now();
  const { changed, errors } = await buildChanged();
  if (errors.length > 0) {
    process.stderr.write(`${errors.join('\n\n')}\n\nThe build failed: mend the files named above.\n`);
    process.exit(1);
  }
  if (changed.length > 0) {
    process.stdout.write(
      `Built ${changed.length} ${changed.length === 1 ? 'file' : 'files and pages'} in ${Date.now() - started} ms.\n`,
    );
  }
}

async function compiler() {
  const { transform } = await import('@swc/core');
  const config = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  config.jsc.baseUrl = root;
  return async (path) => {
    const out = join(root, outputOf(path));
    const { code, map } = await transform(readFileSync(join(root, path), 'utf8'), {
      ...config,
      swcrc: false,
      configFile: false,
      cwd: root,
      root,
      filename: join(root, path),
      sourceFileName: relative(dirname(out), join(root, path)),
      inlineSourcesContent: false,
    });
    write(`${out}.map`, map);
    write(out, `${code}//# sourceMappingURL=${basename(out)}.map\n`);
  };
}

/** Two builds at once (a start beside a test run) must not show each other half a file. */
function write(file, content) {
  place(file, (temporary) => writeFileSync(temporary, content));
}

function copy(path) {
  place(join(root, outputOf(path)), (temporary) => copyFileSync(join(root, path), temporary));
}

function place(file, make) {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  make(temporary);
  renameSync(temporary, file);
}

/** The marks of the last build; none when the settings differ, so that everything is made again. */
function readStamp(settings) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'));
    if (stamp.settings === settings) return new Map(Object.entries(stamp.files));
  } catch {
    // No build yet.
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  return new Map();
}
