import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that can be told from a later one that got the same number. */
export interface RunningProcess {
  readonly pid: number;
  /** When it began, in whatever unit the system counts; only ever compared for equality. */
  readonly began: string;
}

/** The process with that number, if there is one that has not ended. */
export const runningProcess = (pid: number): RunningProcess | undefined => {
  const began = beginningOf(pid);
  return began === undefined ? undefined : { pid, began };
};

/** Whether that very process still runs. */
export const isRunning = (process: RunningProcess): boolean => beginningOf(process.pid) === process.began;

/** Whether a value read from a file has the shape of a {@link RunningProcess}. */
export const isRunningProcess = (value: unknown): value is RunningProcess =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'began' in value &&
  typeof value.began === 'string';

/**
 * Ends a process that is not our child: asks, wakes it should it be frozen, and kills it by number after `graceMs`.
 */
export const endProcess = async (target: RunningProcess, graceMs = 10_000): Promise<void> => {
  const deadline = Date.now() + graceMs;
  signal(target, 'SIGTERM');
  signal(target, 'SIGCONT');
  while (isRunning(target)) {
    if (Date.now() > deadline) signal(target, 'SIGKILL');
    await pause(10);
  }
};

const signal = (target: RunningProcess, name: NodeJS.Signals): void => {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    // It ended in between; anything else (another user's process) is for the caller to know.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

/** Field 22 of /proc/PID/stat (ticks since boot), or what `ps` says where there is no /proc. */
const beginningOf = (pid: number): string | undefined => {
  if (process.platform === 'linux') {
    try {
      // The name in parentheses may itself hold spaces and parentheses.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      const isEnded = fields[0] === 'Z' || fields[0] === 'X';
      return isEnded ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const began = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
    return began === '' ? undefined : began;
  } catch {
    return undefined;
  }
};
