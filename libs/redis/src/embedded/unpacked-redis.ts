import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RedisCandidate } from './redis-candidate.js';

/** What `redis-server` needs that a small Debian or Ubuntu does not have; about 1.3 MB. */
const PACKAGES = ['redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];
/** Needed besides on the smallest systems; not every release has each of them. */
const MORE_PACKAGES = ['libssl3t64', 'libssl3', 'libsystemd0', 'libstdc++6', 'libgcc-s1', 'libcap2', 'libgcrypt20'];
/** How long apt may take for one step on a slow line, in milliseconds. */
const APT_MS = 180_000;

const run = promisify(execFile);

/** The copy an earlier start unpacked for this release and processor, if it is still there. */
export const cachedRedis = (env: NodeJS.ProcessEnv): RedisCandidate | undefined => {
  const name = copyName();
  if (name === undefined) return undefined;
  return cacheFolders(env)
    .map((folder) => candidateIn(join(folder, name)))
    .find((candidate) => candidate !== undefined);
};

/**
 * Fetches the packages with the system's own apt sources, as an ordinary user and without touching the system: lists,
 * cache and unpacked files are all in folders of our own. Safe against a second start that does the same.
 * @returns undefined where apt and dpkg are not there
 */
export const unpackRedis = async (
  env: NodeJS.ProcessEnv,
  report: (line: string) => void,
): Promise<RedisCandidate | undefined> => {
  const name = copyName();
  if (name === undefined || !(await hasApt(env))) return undefined;
  report(
    'No Redis on this machine: fetching one from the system’s package sources, without root (about 10 MB, once) …',
  );
  const cache = writableFolder(cacheFolders(env));
  const work = await mkdtemp(join(cache, 'unpacking-'));
  try {
    const copy = join(work, 'copy');
    await fetchAndUnpack(work, copy, env);
    const place = join(cache, name);
    await rm(place, { recursive: true, force: true });
    await rename(copy, place).catch((error: unknown) => {
      // Another start was faster; its copy is as good.
      if (candidateIn(place) === undefined) throw error;
    });
    report(`Redis unpacked into ${place}.`);
    return candidateIn(place);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
};

const fetchAndUnpack = async (work: string, copy: string, env: NodeJS.ProcessEnv): Promise<void> => {
  const [lists, cache, debs] = ['lists', 'cache', 'debs'].map((part) => join(work, part)) as [string, string, string];
  await Promise.all([
    mkdir(join(lists, 'partial'), { recursive: true }),
    mkdir(join(cache, 'archives', 'partial'), { recursive: true }),
    mkdir(debs),
    mkdir(copy),
  ]);
  const options = [
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
  ];
  // As root, apt would fetch as a user of its own, who may not write here.
  if (process.getuid?.() === 0) options.push('APT::Sandbox::User=root');
  const apt = async (...args: string[]): Promise<void> => {
    await run('apt-get', [...options.flatMap((option) => ['-o', option]), '-q', ...args], {
      cwd: debs,
      env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      timeout: APT_MS,
    }).catch((error: unknown) => {
      throw new Error(`\`apt-get ${args.join(' ')}\` failed: ${lastLines(error)}`);
    });
  };
  const unpackAll = async (): Promise<void> => {
    for (const deb of await readdir(debs)) await run('dpkg', ['-x', join(debs, deb), copy]);
  };
  await apt('update');
  // apt calls an update without any network a success.
  if (!(await readdir(lists)).some((file) => file.includes('_Packages'))) {
    throw new Error('`apt-get update` could fetch no list of packages: is there a network?');
  }
  await apt('download', ...PACKAGES);
  await unpackAll();
  await symlink('redis-check-rdb', join(copy, SERVER));
  const candidate = candidateIn(copy);
  if (candidate === undefined) throw new Error('the package redis-tools of this system holds no Redis server');
  const runs = await run(candidate.path, ['--version'], { env: { ...env, ...candidate.env } }).then(
    () => true,
    () => false,
  );
  if (runs) return;
  for (const more of MORE_PACKAGES) await apt('download', more).catch(() => undefined);
  await unpackAll();
};

/** Debian ships the server as a second name of `redis-check-rdb`; the program looks at the name it was called by. */
const SERVER = join('usr', 'bin', 'redis-server');

const candidateIn = (copy: string): RedisCandidate | undefined => {
  const path = join(copy, SERVER);
  if (!existsSync(path)) return undefined;
  // Libraries stand in a folder per processor: usr/lib/x86_64-linux-gnu.
  const folders = ['usr/lib', 'lib']
    .map((part) => join(copy, part))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name.includes('-linux-'))
        .map((entry) => join(folder, entry.name)),
    );
  return { path, env: { LD_LIBRARY_PATH: folders.join(delimiter) } };
};

/** One copy for each release and processor, since a home folder may be shared between machines. */
const copyName = (): string | undefined => {
  if (process.platform !== 'linux') return undefined;
  let release: string;
  try {
    release = readFileSync('/etc/os-release', 'utf8');
  } catch {
    return undefined;
  }
  const field = (name: string): string | undefined => new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(release)?.[1];
  const codename = field('VERSION_CODENAME') ?? field('ID');
  return codename === undefined ? undefined : `redis-${codename}-${process.arch}`;
};

/** Where copies may stand, best first: the user's cache, else the working folder's. */
const cacheFolders = (env: NodeJS.ProcessEnv): readonly string[] => {
  const own = env['XDG_CACHE_HOME'];
  const user = own !== undefined && own !== '' ? own : join(env['HOME'] ?? homedir(), '.cache');
  return [resolve(user, 'parley'), resolve('.cache', 'parley')];
};

const writableFolder = (folders: readonly string[]): string => {
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // The next one.
    }
  }
  throw new Error(
    `none of these folders can be written to: ${folders.join(', ')} (set XDG_CACHE_HOME to one that can; ` +
      `${dirname(folders[0] ?? '')} is the usual place)`,
  );
};

const hasApt = async (env: NodeJS.ProcessEnv): Promise<boolean> => {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const isThere = async (name: string): Promise<boolean> => {
    const found = await Promise.all(
      folders.map((folder) =>
        access(join(folder, name), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    );
    return found.includes(true);
  };
  return (await isThere('apt-get')) && (await isThere('dpkg'));
};

const lastLines = (error: unknown): string => {
  const stderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const text = stderr.trim() === '' ? String(error) : stderr.trim();
  return text.split('\n').slice(-3).join(' ');
};
