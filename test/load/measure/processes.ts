import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { redisReaper } from '../../support/redis-reaper.js';

/** The folder `dist`: this file runs from `dist/test/load/measure`. */
const DIST = join(import.meta.dirname, '..', '..', '..');
const ROOT = join(DIST, '..');
const STOP_LIMIT_MS = 10_000;

type Environment = Readonly<Record<string, string>>;

/** With `PROFILE=folder` every process that is measured writes its CPU profile there when it ends. */
const profileOptions = (name: string): string[] => {
  const { PROFILE: folder } = process.env;
  return folder === undefined || folder === ''
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
};

/** Starts a built script; its end is seen to even when this process dies. */
export const forkScript = (script: string, env: Environment, execArgv: readonly string[] = []): ChildProcess => {
  const { PATH: path = '', HOME: home = '' } = process.env;
  const child = fork(join(DIST, script), [], {
    cwd: ROOT,
    env: { PATH: path, HOME: home, ...env },
    execArgv: [...execArgv],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { pid } = child;
  if (pid !== undefined) {
    redisReaper().watch(pid);
    child.once('exit', () => {
      redisReaper().release(pid);
    });
  }
  return child;
};

export const stopProcess = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  clearTimeout(force);
};

/** A server under measurement. */
export interface MeasuredServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a script as a server; it is there when `isReady` says so. */
export const startServer = async <T>(
  script: string,
  env: Environment,
  ready: (child: ChildProcess) => Promise<T>,
): Promise<{ readonly pid: number; readonly stop: () => Promise<void>; readonly said: T }> => {
  const name = script.slice(script.lastIndexOf('/') + 1, -'.js'.length);
  const child = forkScript(script, env, profileOptions(script.startsWith('apps/') ? `parley-${name}` : name));
  const output: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (part: string) => output.push(part));
  child.stderr?.setEncoding('utf8').on('data', (part: string) => output.push(part));
  const died = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`${script} ended with ${String(code)}:\n${output.join('')}`);
  });
  try {
    const said = await Promise.race([ready(child), died]);
    // From here on a dead server shows itself by what the driver meets.
    died.catch(() => undefined);
    return { pid: child.pid ?? 0, stop: () => stopProcess(child), said };
  } catch (error) {
    died.catch(() => undefined);
    await stopProcess(child);
    throw error;
  }
};

/** The first message of a child. */
export const firstMessage = async <T>(child: ChildProcess): Promise<T> => {
  const [message] = (await once(child, 'message')) as [T];
  return message;
};
