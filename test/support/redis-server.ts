import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedRedisError, findRedisBinary, freePort, startRedisProcess } from '@app/redis';
import type { RedisBinary, RedisProcess } from '@app/redis';
import { redisReaper } from './redis-reaper.js';

export interface TestRedisOptions {
  /** A random free one by default. */
  readonly port?: number;
  /** More settings, as on the command line; they win over those of the harness. */
  readonly args?: readonly string[];
  /** Where its data stands; by default a temporary folder that goes away with it. */
  readonly dir?: string;
  /** Offsets from its port that it needs as well: 10000 for a cluster bus. */
  readonly companions?: readonly number[];
  /** It is a Sentinel, and this file is where it keeps what it knows. */
  readonly sentinelFile?: string;
}

/** A real server of one test (file). Whatever happens to the test, it dies with its process. */
export interface TestRedis {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Of the process that runs now; another one after a restart. */
  readonly pid: number;
  readonly dir: string;
  /** Ends it at once and removes its temporary folder. */
  readonly stop: () => Promise<void>;
  /** Sends a signal (SIGKILL by default) and resolves when it has ended by it. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same port and data; ends it in an orderly way first when it still runs. */
  readonly restart: () => Promise<void>;
  /** Stops it from answering while its connections stay open. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

/** As the embedded server is set up, so that kills lose nothing; DEBUG is allowed for tests of odd states. */
const SETTINGS: readonly string[] = [
  ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
  ...['--stream-node-max-bytes', '2048', '--enable-debug-command', 'local'],
];

/** A port drawn as free may be taken before the server has it. */
const PORT_ATTEMPTS = 3;

let binary: Promise<RedisBinary> | undefined;

/** Starts a server on 127.0.0.1, bringing the program if this machine has none. */
export const startRedis = async (options: TestRedisOptions = {}): Promise<TestRedis> => {
  const reaper = redisReaper();
  const dir = options.dir ?? reaper.newFolder();
  mkdirSync(dir, { recursive: true });
  binary ??= findRedisBinary();
  const found = await binary;
  const program = options.sentinelFile === undefined ? found : sentinelProgram(found, dir, options.sentinelFile);
  const settings = options.sentinelFile === undefined ? SETTINGS : [];
  const start = async (port: number): Promise<RedisProcess> => {
    const server = await startRedisProcess({
      binary: program,
      port,
      dir,
      logFile: join(dir, 'redis.log'),
      args: [...settings, ...(options.args ?? [])],
      onSpawn: (pid) => {
        reaper.watch(pid);
      },
    });
    void server.exited.then(() => {
      reaper.release(server.pid);
    });
    return server;
  };
  let server = await firstStart(start, options);
  const { port, url } = server;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.signal(signal);
    // A frozen process takes nothing but SIGKILL to heart.
    server.signal('SIGCONT');
    await server.exited;
  };
  return {
    url,
    host: '127.0.0.1',
    port,
    dir,
    get pid() {
      return server.pid;
    },
    stop: async () => {
      await end('SIGKILL');
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
    kill: (signal = 'SIGKILL') => end(signal),
    restart: async () => {
      await end('SIGTERM');
      server = await start(port);
    },
    freeze: () => {
      server.signal('SIGSTOP');
    },
    thaw: () => {
      server.signal('SIGCONT');
    },
  };
};

/** The file of a Sentinel must be the first word of its command line. */
const sentinelProgram = (binary: RedisBinary, dir: string, file: string): RedisBinary => {
  const path = join(dir, 'start-sentinel');
  writeFileSync(path, `#!/bin/sh\nexec "${binary.path}" "${file}" "$@" --sentinel\n`, { mode: 0o755 });
  return { ...binary, path };
};

const firstStart = async (
  start: (port: number) => Promise<RedisProcess>,
  { port, companions }: TestRedisOptions,
): Promise<RedisProcess> => {
  if (port !== undefined) return start(port);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort(companions));
    } catch (error) {
      if (attempt === PORT_ATTEMPTS || !(error instanceof EmbeddedRedisError)) throw error;
    }
  }
};
