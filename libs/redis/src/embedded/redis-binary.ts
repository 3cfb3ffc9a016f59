import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { EmbeddedRedisError } from './embedded-redis-error.js';
import { installHelp } from './install-help.js';
import type { RedisCandidate } from './redis-candidate.js';
import { cachedRedis, unpackRedis } from './unpacked-redis.js';

/** A server program that can be started. */
export interface RedisBinary extends RedisCandidate {
  /** What it calls itself, such as `Redis 7.0.15`. */
  readonly version: string;
  /** Where it was found: `REDIS_BINARY`, `PATH`, `cache` or `apt`. */
  readonly source: 'REDIS_BINARY' | 'PATH' | 'cache' | 'apt';
}

/** What the search touches outside; tests pass their own. */
export interface RedisSearch {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program of that name on PATH. */
  readonly onPath: (name: string) => string | undefined;
  /** The version line that `--version` prints; rejects when the program does not run. */
  readonly versionOf: (candidate: RedisCandidate) => Promise<string>;
  /** The copy unpacked by an earlier start. */
  readonly cached: () => RedisCandidate | undefined;
  /** Fetches and unpacks a copy; undefined where there is no apt. */
  readonly unpack: (report: (line: string) => void) => Promise<RedisCandidate | undefined>;
}

/** The oldest major version whose commands we use: 7.0 brought sharded pub/sub and `XADD key N-*`; Valkey began at 7.2. */
const OLDEST_MAJOR = 7;
/** How long `--version` may take, in milliseconds. */
const VERSION_MS = 5_000;

/**
 * Finds a server program, or brings one: `REDIS_BINARY`, then `redis-server` and `valkey-server` on PATH, then the copy
 * an earlier start unpacked, then the packages of Debian or Ubuntu unpacked without root into the user's cache.
 * @param report - gets a line for whatever takes long or was passed over
 * @throws EmbeddedRedisError with instructions when there is none
 */
export const findRedisBinary = async (
  report: (line: string) => void = () => undefined,
  search: RedisSearch = machineSearch(),
): Promise<RedisBinary> => {
  const named = search.env['REDIS_BINARY'];
  if (named !== undefined && named !== '') {
    const verdict = await judge(search, { path: named, env: {} });
    if ('trouble' in verdict) {
      throw new EmbeddedRedisError(
        `REDIS_BINARY: expected the path of a redis-server or valkey-server of version ${OLDEST_MAJOR} or newer, ` +
          `got ${named} (${verdict.trouble})`,
      );
    }
    return { path: named, env: {}, version: verdict.version, source: 'REDIS_BINARY' };
  }
  for (const name of ['redis-server', 'valkey-server']) {
    const path = search.onPath(name);
    if (path === undefined) continue;
    const verdict = await judge(search, { path, env: {} });
    if ('version' in verdict) return { path, env: {}, version: verdict.version, source: 'PATH' };
    report(`${path} is passed over: ${verdict.trouble}.`);
  }
  const kept = search.cached();
  if (kept !== undefined) {
    const verdict = await judge(search, kept);
    if ('version' in verdict) return { ...kept, version: verdict.version, source: 'cache' };
  }
  let trouble: string | undefined;
  try {
    const unpacked = await search.unpack(report);
    if (unpacked !== undefined) {
      const verdict = await judge(search, unpacked);
      if ('version' in verdict) return { ...unpacked, version: verdict.version, source: 'apt' };
      trouble = `the copy unpacked from this system's packages cannot be used: ${verdict.trouble}`;
    }
  } catch (error) {
    trouble = error instanceof Error ? error.message : String(error);
  }
  throw new EmbeddedRedisError(installHelp(trouble));
};

const judge = async (
  search: RedisSearch,
  candidate: RedisCandidate,
): Promise<{ readonly version: string } | { readonly trouble: string }> => {
  let line: string;
  try {
    line = await search.versionOf(candidate);
  } catch (error) {
    return { trouble: `it does not run (${error instanceof Error ? error.message : String(error)})` };
  }
  const found = /^(Redis|Valkey) server v=(\d+)(\S*)/.exec(line);
  if (found === null) return { trouble: 'it does not say a version that we know' };
  const [, name = '', major = '', rest = ''] = found;
  const version = `${name} ${major}${rest}`;
  return Number(major) >= OLDEST_MAJOR ? { version } : { trouble: `${version} is older than ${OLDEST_MAJOR}.0` };
};

/** The search on this machine. */
export const machineSearch = (env: NodeJS.ProcessEnv = process.env): RedisSearch => ({
  env,
  onPath: (name) =>
    (env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => join(folder, name))
      .find(isProgram),
  versionOf: programVersion,
  cached: () => cachedRedis(env),
  unpack: (report) => unpackRedis(env, report),
});

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const programVersion = (candidate: RedisCandidate): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      candidate.path,
      ['--version'],
      { env: { ...process.env, ...candidate.env }, timeout: VERSION_MS },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trim());
        else reject(new Error(stderr.trim() === '' ? error.message : stderr.trim()));
      },
    );
  });
