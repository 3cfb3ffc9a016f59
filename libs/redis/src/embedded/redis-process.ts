import { spawn } from 'node:child_process';
import { closeSync, openSync, readSync, fstatSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedRedisError } from './embedded-redis-error.js';
import type { RedisBinary } from './redis-binary.js';
import { redisIdentity, redisState } from './redis-question.js';

/** How a server is to be started. */
export interface RedisProcessOptions {
  readonly binary: Pick<RedisBinary, 'path' | 'env'>;
  readonly port: number;
  /** Where its data stands; must exist. */
  readonly dir: string;
  /** Its log is appended to this file. */
  readonly logFile: string;
  /** More settings, as on its command line. */
  readonly args?: readonly string[];
  /** Told the number of the process at once, long before it answers. */
  readonly onSpawn?: (pid: number) => void;
}

/** A server that we started and that has answered. */
export interface RedisProcess {
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  /** Resolves when it has ended, whatever ended it. */
  readonly exited: Promise<void>;
  /** Asks it to end (it writes its file first) and kills it after `graceMs`, 10,000 by default. */
  readonly stop: (graceMs?: number) => Promise<void>;
  /** Sends a signal; false when it has ended. */
  readonly signal: (name: NodeJS.Signals) => boolean;
}

/** How long between two looks whether it answers, in milliseconds: a start takes about 30. */
const LOOK_MS = 5;
/** How long a server may be neither answering nor gone, in milliseconds. Loading its data counts as answering. */
const SILENT_MS = 20_000;
/** How much of its log is shown when it does not start, in bytes. */
const LOG_TAIL = 2_000;

/**
 * Starts a server on 127.0.0.1 and resolves when it serves. It runs in a process group of its own, so that Ctrl-C at the
 * terminal reaches only us and the order of stopping is ours.
 * @throws EmbeddedRedisError with the end of its log when it does not come up
 */
export const startRedisProcess = async (options: RedisProcessOptions): Promise<RedisProcess> => {
  const { binary, port, dir, logFile } = options;
  const log = openSync(logFile, 'a+');
  const logStart = fstatSync(log).size;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--daemonize', 'no', '--logfile', ''];
  try {
    const child = spawn(binary.path, [...args, ...(options.args ?? [])], {
      cwd: dir,
      env: { ...process.env, ...binary.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    const end = { reached: false };
    const exited = new Promise<void>((resolve) => {
      const ended = (): void => {
        end.reached = true;
        resolve();
      };
      child.once('exit', ended);
      child.once('error', ended);
    });
    const { pid } = child;
    if (pid === undefined) {
      await exited;
      throw new EmbeddedRedisError(`${binary.path} could not be started`);
    }
    options.onSpawn?.(pid);
    const signal = (name: NodeJS.Signals): boolean => !end.reached && child.kill(name);
    const stop = async (graceMs = 10_000): Promise<void> => {
      signal('SIGTERM');
      const force = setTimeout(() => signal('SIGKILL'), graceMs);
      await exited;
      clearTimeout(force);
    };
    let heardAt = Date.now();
    for (;;) {
      const state = await redisState(port);
      if (end.reached) {
        throw new EmbeddedRedisError(`${binary.path} ended at its start; its log says:\n${tail(log, logStart)}`);
      }
      // Another server may hold the port while ours is about to end for want of it.
      if (state === 'serving' && ((await redisIdentity(port))?.pid ?? pid) === pid) break;
      if (state === 'loading') heardAt = Date.now();
      if (Date.now() - heardAt > SILENT_MS) {
        await stop(0);
        throw new EmbeddedRedisError(
          `${binary.path} has not answered on port ${port} for ${SILENT_MS / 1000} s; its log says:\n${tail(log, logStart)}`,
        );
      }
      await pause(LOOK_MS);
    }
    return { pid, port, url: `redis://127.0.0.1:${port}`, exited, stop, signal };
  } finally {
    closeSync(log);
  }
};

const tail = (log: number, from: number): string => {
  const { size } = fstatSync(log);
  const start = Math.max(from, size - LOG_TAIL);
  const buffer = Buffer.alloc(Math.max(0, size - start));
  readSync(log, buffer, 0, buffer.length, start);
  return buffer.toString().trim();
};
