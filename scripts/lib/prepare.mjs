import { build } from './build.mjs';
import { install } from './install.mjs';
import { requireNode } from './node-version.mjs';

/**
 * Brings the working copy into a state that can run: dependencies as the lock file names them, dist as new as the
 * sources. Uses nothing but Node's own modules until npm has been here.
 */
export async function prepare() {
  requireNode();
  install();
  await build();
}
