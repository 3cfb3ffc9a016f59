import { setTimeout as pause } from 'node:timers/promises';
import { readiness, type ReadyAddress } from './readiness.js';
import { ServiceProcess, type ServiceExit, type ServiceOptions } from './service-process.js';

/** What follows when a service has ended by itself. */
export type Sequel =
  /** Start it again after this many milliseconds. */
  | { readonly again: number }
  /** Leave it until {@link ServiceKeeper.restart}. */
  | 'leave'
  /** Nothing more: the whole start is over. */
  | 'give up';

export interface KeeperOptions extends ServiceOptions {
  /** Where its `/readyz` is. */
  readonly address: ReadyAddress;
  /** Judges an end that was not asked for. */
  readonly onEnd: (exit: ServiceExit, wasReady: boolean) => Sequel;
}

/** How often a service that starts is asked whether it is ready, in milliseconds. */
const LOOK_MS = 20;

/** Keeps one service running: starts it, starts it again when it dies, replaces it on demand, stops it for good. */
export class ServiceKeeper {
  private current: ServiceProcess | undefined;
  private wasReady = false;
  private readonly stopped = new AbortController();

  constructor(private readonly options: KeeperOptions) {}

  get name(): string {
    return this.options.name;
  }

  start(): void {
    const run = new ServiceProcess(this.options);
    this.current = run;
    run.exited.then(
      (exit) => this.judge(run, exit),
      // It could not even be started: no memory, no process numbers.
      () => this.judge(run, { code: null, signal: null }),
    );
  }

  /**
   * Resolves when the service answers that it is ready, and rejects when the run that was asked about ends first.
   * @param onWait - told the last refusal, again and again
   */
  async ready(onWait: (reason: string) => void = () => undefined): Promise<boolean> {
    const run = this.current;
    while (run?.isRunning === true && run === this.current) {
      const answer = await readiness(this.options.address);
      if (answer.isReady) {
        this.wasReady = true;
        return true;
      }
      onWait(answer.reason);
      await pause(LOOK_MS);
    }
    return false;
  }

  /** Stops the run there is, if any, and starts another one. */
  async restart(): Promise<void> {
    const old = this.current;
    this.current = undefined;
    await old?.stop();
    if (!this.stopped.signal.aborted) this.start();
  }

  async stop(hurry?: AbortSignal): Promise<void> {
    this.stopped.abort();
    const old = this.current;
    this.current = undefined;
    await old?.stop(hurry);
  }

  private async judge(run: ServiceProcess, exit: ServiceExit): Promise<void> {
    if (this.current !== run) return;
    const sequel = this.options.onEnd(exit, this.wasReady);
    if (sequel === 'leave' || sequel === 'give up') return;
    const waited = await pause(sequel.again, true, { signal: this.stopped.signal }).catch(() => false);
    if (waited && this.current === run) this.start();
  }
}
