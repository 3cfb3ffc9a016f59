import { spawn, type ChildProcess } from 'node:child_process';
import type { LogFile } from './log-file.js';

/** A Node process of ours: gateway or worker. */
export interface ServiceOptions {
  readonly name: string;
  /** The compiled entry point. */
  readonly main: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogFile;
  readonly nodeArgs?: readonly string[];
}

/** How one run of a service ended. */
export interface ServiceExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How long a service may take to finish its work after SIGTERM, in milliseconds. */
const GRACE_MS = 10_000;

/**
 * One run of a service. It has a process group of its own (Ctrl-C reaches only us, and we stop things in order) and an
 * IPC channel, whose end tells it that we are gone even when we were killed.
 */
export class ServiceProcess {
  private readonly child: ChildProcess;
  /** Resolves when it has ended and all that it printed has been shown. */
  readonly exited: Promise<ServiceExit>;
  private ended = false;

  constructor({ main, env, log, nodeArgs = [] }: ServiceOptions) {
    this.child = spawn(process.execPath, [...nodeArgs, main], {
      env,
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
      detached: true,
    });
    this.exited = new Promise<ServiceExit>((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) => {
        this.ended = true;
        log.catchUp();
        resolve({ code, signal });
      });
    });
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  /** Asks it to end, waits, and kills it by its number after 10 s or when `hurry` says so. */
  async stop(hurry?: AbortSignal): Promise<void> {
    const kill = (): void => {
      if (!this.ended) this.child.kill('SIGKILL');
    };
    if (!this.ended) this.child.kill('SIGTERM');
    const force = setTimeout(kill, GRACE_MS);
    if (hurry?.aborted === true) kill();
    hurry?.addEventListener('abort', kill);
    await this.exited.catch(() => undefined);
    clearTimeout(force);
    hurry?.removeEventListener('abort', kill);
  }
}
