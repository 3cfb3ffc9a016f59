import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedRedisError } from './embedded-redis-error.js';
import { isRunning, isRunningProcess, runningProcess, type RunningProcess } from './running-process.js';

/** Two servers appending to the same files would destroy them, and Redis itself does not look. */
export interface DataFolderLock {
  /** Whether a holder that died without releasing it was found. */
  readonly wasAbandoned: boolean;
  readonly release: () => void;
}

/**
 * Takes a data folder for this process.
 * @throws EmbeddedRedisError when a process that still runs holds it
 */
export const lockDataFolder = (folder: string): DataFolderLock => {
  const file = join(folder, 'parley.lock');
  const me = runningProcess(process.pid);
  if (me === undefined) throw new Error('this process cannot be found in the list of processes');
  const mine = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(mine, JSON.stringify(me));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new EmbeddedRedisError(`DATA_DIR: expected a folder that can be written to, got ${folder} (${why})`);
  }
  let wasAbandoned = false;
  try {
    // A link, unlike a write, appears whole or not at all and never over another.
    while (!link(mine, file)) {
      const holder = readHolder(file);
      if (holder !== undefined && isRunning(holder)) {
        throw new EmbeddedRedisError(
          `DATA_DIR: Parley runs already on ${folder} (process ${holder.pid}). ` +
            'Stop that one, or give this one a folder and ports of its own: ' +
            'DATA_DIR=./data-2 PORT=8090 INTERNAL_PORT=8091 WORKER_PORT=8092 npm start',
        );
      }
      wasAbandoned = true;
      setAside(file, holder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return {
    wasAbandoned,
    release: () => {
      if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
    },
  };
};

/** Removes a lock that was found abandoned, and puts it back should a faster start have taken it in between. */
const setAside = (file: string, abandoned: RunningProcess | undefined): void => {
  const aside = `${file}.old.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const found = readHolder(aside);
  if (found !== undefined && (found.pid !== abandoned?.pid || found.began !== abandoned.began)) link(aside, file);
  rmSync(aside, { force: true });
};

const link = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

const readHolder = (file: string): RunningProcess | undefined => {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRunningProcess(value) ? value : undefined;
  } catch {
    return undefined;
  }
};
