import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CONFIG } from './node-version.mjs';
import { root } from './root.mjs';

const lockFile = join(root, 'package-lock.json');
/** npm removes this file together with node_modules, so it cannot outlive what it speaks of. */
const stampFile = join(root, 'node_modules', '.parley-lock');
/** npm's own record of what it put into node_modules. */
const installedFile = join(root, 'node_modules', '.package-lock.json');

/** Installs what the lock file names, unless it is there already. Ends the process when npm cannot. */
export function install() {
  const lock = readFileSync(lockFile);
  const stamp = createHash('sha256').update(lock).digest('hex');
  const installed = read(installedFile);
  if (installed !== undefined) {
    if (read(stampFile) === stamp) return;
    if (holdsEverything(JSON.parse(lock.toString()), JSON.parse(installed))) {
      stampInstall(stamp);
      return;
    }
  }
  const why = installed === undefined ? 'they are not there yet' : 'package-lock.json has changed';
  process.stdout.write(`Installing the dependencies of package-lock.json (${why}; about half a minute) …\n`);
  const started = Date.now();
  // npm on Windows is a .cmd file, which only a shell can run.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, SCARF_ANALYTICS: 'false', NODE_ENV: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    process.stderr.write(
      `${npm.error?.message ?? npm.stderr}\n` +
        'The dependencies could not be installed. Check that npm is on PATH, that this machine reaches its npm registry\n' +
        '(`npm ping`; behind a proxy: `npm config set proxy …`), and that this folder is writable. Then run the command again.\n',
    );
    process.exit(npm.error ? EXIT_CONFIG : 1);
  }
  stampInstall(stamp);
  process.stdout.write(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.\n`);
}

/** Whether node_modules has each package of the lock in its version; a package left out must be an optional one. */
function holdsEverything(lock, installed) {
  const has = installed.packages ?? {};
  const wants = lock.packages ?? {};
  return Object.entries(wants).every(([path, wanted]) => {
    if (path === '') return true;
    const there = has[path];
    if (there === undefined) return wanted.optional === true;
    return there.version === wanted.version && there.integrity === wanted.integrity;
  });
}

function stampInstall(stamp) {
  try {
    writeFileSync(stampFile, stamp);
  } catch {
    // A node_modules that this user may only read is fine: the slower comparison runs each time.
  }
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
