import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** Folders that dist mirrors; one that is not there (an image without tests) is passed over. */
const FOLDERS = ['apps', 'libs', 'test/chaos', 'test/load', 'test/support'];

/** The pages have a build of their own. */
const PAGES = 'apps/desk';

/** Tests run from source under jest, and declarations have nothing to run. */
const LEFT_OUT = /(\.(spec|int-spec|e2e-spec|d)\.ts|\.md)$/;

/** Every file that belongs into dist: path from the root with forward slashes → a mark that changes with the file. */
export function sources() {
  const found = new Map();
  for (const folder of FOLDERS) walk(folder, found);
  return found;
}

/** Where a source's result stands, from the root. */
export function outputOf(source) {
  return `dist/${source.replace(/\.ts$/, '.js')}`;
}

/** A mark that changes when the file does, also back to an older content; undefined when it is gone. */
export function markOf(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  return stat?.isFile() ? `${stat.mtimeMs}:${stat.size}` : undefined;
}

function walk(folder, found) {
  let entries;
  try {
    entries = readdirSync(join(root, folder), { withFileTypes: true });
  } catch {
    return;
  }
  for (const entry of entries) {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || path === PAGES) continue;
    if (entry.isDirectory()) walk(path, found);
    else if (entry.isFile() && !LEFT_OUT.test(entry.name)) {
      const mark = markOf(path);
      if (mark !== undefined) found.set(path, mark);
    }
  }
}
