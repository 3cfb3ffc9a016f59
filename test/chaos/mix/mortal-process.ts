import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FaultProxy } from '../../support/fault-proxy.js';
import { type Stack, type StackProcess, startStack } from '../../support/stack.js';

export type Role = 'gateway' | 'worker';

export interface MortalOptions {
  readonly name: string;
  readonly role: Role;
  readonly redisPort: number;
  /** Where the file of its clock stands. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const PARENT = join(import.meta.dirname, '../../..');
/** What is loaded is always the built code, whether this file runs as source or built. */
const DIST = basename(PARENT) === 'dist' ? PARENT : join(PARENT, 'dist');
const PRELOAD = pathToFileURL(join(DIST, 'test/chaos/mix/clock-skew.js')).href;
/** Tries to start it again: its Redis may be away just then. */
const STARTS_MAX = 4;

/** A gateway or a worker that may be killed, cut off from Redis, or told a wrong time, and lives on. */
export class MortalProcess {
  deaths = 0;
  /** Lives that ended before they were ready: it has to wait for its Redis, however long. */
  readonly failedStarts: string[] = [];
  /** What its former lives have logged. */
  private readonly past: string[] = [];

  private constructor(
    readonly name: string,
    readonly role: Role,
    /** Its way to Redis. */
    readonly proxy: FaultProxy,
    private readonly stack: Stack,
    private readonly clockFile: string,
    private current: StackProcess,
  ) {}

  static async start({ name, role, redisPort, folder, env }: MortalOptions): Promise<MortalProcess> {
    const proxy = await FaultProxy.start({ port: redisPort });
    const clockFile = join(folder, `${name.replace(' ', '-')}.clock`);
    writeFileSync(clockFile, '0');
    try {
      const stack = await startStack({
        gateways: role === 'gateway' ? 1 : 0,
        workers: role === 'worker' ? 1 : 0,
        redisUrl: proxy.url,
        env: { ...env, NODE_OPTIONS: `--import=${PRELOAD}`, CLOCK_FILE: clockFile },
      });
      const [first] = role === 'gateway' ? stack.gateways : stack.workers;
      if (first === undefined) throw new Error(`${name} was not started`);
      return new MortalProcess(name, role, proxy, stack, clockFile, first);
    } catch (error) {
      await proxy.close();
      throw error;
    }
  }

  /** Of the public listener of a gateway; the same all its lives. */
  get url(): string {
    return this.stack.gateways[0]?.url ?? '';
  }

  get internalUrl(): string {
    return this.current.internalUrl;
  }

  get pid(): number {
    return this.current.pid;
  }

  get isAlive(): boolean {
    try {
      return process.kill(this.pid, 0);
    } catch {
      return false;
    }
  }

  /** All that it has logged in all its lives. */
  get logs(): string {
    return [...this.past, this.current.logs()].join('');
  }

  /** SIGKILL, at once. */
  async kill(): Promise<void> {
    this.deaths += 1;
    await this.current.kill();
  }

  /** SIGTERM. @returns its exit code */
  end(): Promise<number | null> {
    return this.current.stop();
  }

  /** Starts it again and waits until it is ready. */
  async revive(): Promise<void> {
    this.past.push(this.current.logs());
    for (let start = 1; ; start += 1) {
      try {
        this.current = this.role === 'gateway' ? await this.stack.restartGateway(0) : await this.stack.restartWorker(0);
        return;
      } catch (error) {
        const { message } = error as Error;
        if (message.includes(' ended with ')) this.failedStarts.push(message);
        if (start === STARTS_MAX) throw error;
      }
    }
  }

  /** Its wall clock is off from now on. */
  skew(offsetMs: number): void {
    writeFileSync(this.clockFile, String(offsetMs));
  }

  /** Mends its way to Redis. */
  heal(): void {
    this.proxy.thaw();
    // Replies that are still held back must not come after newer ones.
    if (this.proxy.delayMs > 0) this.proxy.cut();
    this.proxy.delayMs = 0;
    this.proxy.isRefusing = false;
    this.proxy.loseReplies(0);
    this.proxy.loseRequests(0);
  }

  async stop(): Promise<void> {
    this.heal();
    await this.stack.stop();
    await this.proxy.close();
  }
}
