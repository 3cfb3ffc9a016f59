import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Programs besides Node that tests drive: names, the best first, and Debian's packages. */
export const BROWSER = {
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  packages: ['chromium'],
  use: 'the tests of the pages',
  variable: 'CHROMIUM_BINARY',
};
export const OPENSSL = { names: ['openssl'], packages: ['openssl'], use: 'the tests of TLS' };
const COMPILER = { names: ['cc', 'gcc', 'clang'], packages: ['gcc', 'libc6-dev'], use: 'the tests of power cuts' };

export const TEST_PROGRAMS = [BROWSER, OPENSSL, COMPILER];

/** The path of a program; undefined when there is none. */
export function findProgram({ names, variable }) {
  const named = variable === undefined ? undefined : process.env[variable];
  if (named) return named;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
}

/** Installs Debian's packages of the programs that are not there, where nobody has to be asked for that. */
export function ensurePrograms(programs) {
  const missing = () => programs.filter((program) => findProgram(program) === undefined);
  const packages = missing().flatMap((program) => program.packages);
  if (packages.length === 0) return;
  if (process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0) {
    process.stdout.write(`Installing for the tests: ${packages.join(', ')} (a minute at most) …\n`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const options = { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' };
    spawnSync('apt-get', ['update', '-q'], options);
    const { stderr } = spawnSync('apt-get', ['install', '-yq', '--no-install-recommends', ...packages], options);
    if (missing().length > 0) process.stderr.write(`${stderr}\n`);
  }
  for (const { names, packages: of, use, variable } of missing()) {
    const elsewhere = variable === undefined ? '' : `, or name one with ${variable}`;
    process.stderr.write(
      `No ${names[0]} is here; ${use} need it and will fail. Debian and Ubuntu: apt-get install ${of.join(' ')}${elsewhere}.\n`,
    );
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
