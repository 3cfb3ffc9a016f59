import { mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lockDataFolder } from './data-folder-lock.js';
import { freePort, portTrouble } from './free-port.js';
import { findRedisBinary, type RedisBinary } from './redis-binary.js';
import { startRedisProcess, type RedisProcess } from './redis-process.js';
import { redisIdentity } from './redis-question.js';
import { endProcess, isRunning, isRunningProcess, runningProcess, type RunningProcess } from './running-process.js';

/** Settings of the server that keeps the chats. Each can be read back with `CONFIG GET`. */
const SETTINGS: readonly string[] = [
  // Every write is appended to a file: a kill of the process loses nothing.
  ...['--appendonly', 'yes'],
  // No snapshots beside it: the append-only file is the truth.
  ...['--save', ''],
  // A chat must never be dropped to make room: a full memory refuses writes.
  ...['--maxmemory-policy', 'noeviction'],
  // By default every short stream takes 4 kB at once; a 20-event service then costs twice as much.
  ...['--stream-node-max-bytes', '2048'],
];

/** When the file reaches the disk: at once, within a second, or when the system sees fit. */
export type Fsync = 'always' | 'everysec' | 'no';

/** What a start on a data folder is given. */
export interface EmbeddedRedisOptions {
  /** @defaultValue everysec */
  readonly fsync?: Fsync;
  /** Data of the server go to `redis/` in it, its log to `logs/redis.log`. */
  readonly dataDir: string;
  /** Gets a line for whatever takes long or is worth knowing. */
  readonly report?: (line: string) => void;
  readonly findBinary?: (report: (line: string) => void) => Promise<RedisBinary>;
}

/** A server of our own on a data folder, held by this process alone. */
export interface EmbeddedRedis {
  readonly url: string;
  readonly binary: RedisBinary;
  readonly logFile: string;
  /** Whether the last holder of the data folder died without cleaning up, so that its children may still be ending. */
  readonly wasAbandoned: boolean;
  /** The server that runs now; another one after {@link EmbeddedRedis.restart}. */
  readonly current: () => RedisProcess;
  /** Starts it again on the same port and files after it has ended. */
  readonly restart: () => Promise<RedisProcess>;
  readonly stop: () => Promise<void>;
}

/** Remembered between starts. */
interface Memory {
  readonly port?: number;
  readonly server?: RunningProcess;
}

/**
 * Starts a server on a data folder: on the port of the last time when it is free, otherwise on another free one, never on
 * 6379 by guess. A server left behind by a start that was killed is ended first.
 * @throws EmbeddedRedisError when the folder is in use, or no server can be found, brought or started
 */
export const startEmbeddedRedis = async (options: EmbeddedRedisOptions): Promise<EmbeddedRedis> => {
  const report = options.report ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  const lock = lockDataFolder(dataDir);
  try {
    const dir = join(dataDir, 'redis');
    const logFile = join(dataDir, 'logs', 'redis.log');
    // Chats are nobody else's business on a shared machine.
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    mkdirSync(join(dataDir, 'logs'), { recursive: true });
    const memoryFile = join(dir, 'server.json');
    const memory = readMemory(memoryFile);
    await endOrphan(memory, dir, report);
    const binary = await (options.findBinary ?? findRedisBinary)(report);
    const port =
      memory.port !== undefined && (await portTrouble(memory.port)) === undefined ? memory.port : await freePort();
    // Written before the server is there: should we die in between, the next start finds it by its port.
    writeMemory(memoryFile, { port });
    const start = (): Promise<RedisProcess> =>
      startRedisProcess({
        binary,
        port,
        dir,
        logFile,
        args: [...SETTINGS, '--appendfsync', options.fsync ?? 'everysec'],
        onSpawn: (pid) => {
          const server = runningProcess(pid);
          if (server !== undefined) writeMemory(memoryFile, { port, server });
        },
      });
    let current = await start();
    return {
      url: current.url,
      binary,
      logFile,
      wasAbandoned: lock.wasAbandoned,
      current: () => current,
      restart: async () => {
        current = await start();
        return current;
      },
      stop: async () => {
        await current.stop();
        writeMemory(memoryFile, { port });
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
};

/** Ends the server of a start that was killed: found by its number, or by its port and data folder. */
const endOrphan = async (memory: Memory, dir: string, report: (line: string) => void): Promise<void> => {
  let orphan = memory.server !== undefined && isRunning(memory.server) ? memory.server : undefined;
  if (orphan === undefined && memory.port !== undefined) {
    const identity = await redisIdentity(memory.port);
    if (identity?.dir === realpathSync(dir)) orphan = runningProcess(identity.pid);
  }
  if (orphan === undefined) return;
  report(`Ending the Redis that an earlier start left behind (process ${orphan.pid}) …`);
  await endProcess(orphan);
};

const readMemory = (file: string): Memory => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return {};
    const port = 'port' in value && typeof value.port === 'number' ? value.port : undefined;
    const server = 'server' in value && isRunningProcess(value.server) ? value.server : undefined;
    return { ...(port === undefined ? {} : { port }), ...(server === undefined ? {} : { server }) };
  } catch {
    return {};
  }
};

const writeMemory = (file: string, memory: Memory): void => {
  writeFileSync(file, JSON.stringify(memory));
};
