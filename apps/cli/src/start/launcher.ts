import { join } from 'node:path';
import { EmbeddedRedisError, startEmbeddedRedis, type EmbeddedRedis } from '@app/redis';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { banner } from './banner.js';
import { firstAgents, type FirstAgents } from './first-agents.js';
import { serviceEnvironment, type LaunchSettings } from './launch-settings.js';
import { LogFile } from './log-file.js';
import { shownLine } from './log-line.js';
import { checkPorts } from './port-check.js';
import { keepRedis } from './redis-keeper.js';
import { reachableHost } from './readiness.js';
import { ServiceKeeper, type Sequel } from './service-keeper.js';
import type { ServiceExit } from './service-process.js';

export interface LaunchOptions {
  readonly settings: LaunchSettings;
  readonly env: NodeJS.ProcessEnv;
  /** Compiled entry points. */
  readonly mains: { readonly gateway: string; readonly worker: string };
  /** While developing, a service that dies waits for the next change instead of ending everything. */
  readonly isDevelopment: boolean;
  /** A line for the terminal. */
  readonly print: (line: string) => void;
  readonly stop: AbortSignal;
  readonly hurry: AbortSignal;
}

/** What a power cut may take, by when the file reaches the disk. */
const LOSS = {
  always: '',
  everysec: ' (a power cut may take the last second; DURABILITY=always takes nothing)',
  no: ' (a power cut may take the last half minute)',
} as const;
/** How long a dead service stays down, in milliseconds. */
const RESTART_MS = 1_000;
/** How long services of a start that was killed may hold their ports, in milliseconds. */
const ABANDONED_PORTS_MS = 5_000;
/** How often a start that takes long says what it waits for, in milliseconds. */
const REMINDER_MS = 5_000;
/** How long services may take to become ready when Redis is known to be there, in milliseconds. */
const READY_MS = 60_000;

/** Redis, gateway and worker on this machine, from the first line to the last process. */
export class Launcher {
  private readonly begunAtMs = Date.now();
  private readonly said = new Set<string>();
  private readonly logs: LogFile[] = [];
  private isUp = false;
  private readonly over: Promise<number>;
  private end: (code: number) => void = () => undefined;
  private readonly down = new AbortController();
  private redis: EmbeddedRedis | undefined;
  private redisKept: Promise<void> | undefined;
  private services: readonly ServiceKeeper[] = [];
  private readonly agents: FirstAgents | undefined;

  constructor(private readonly options: LaunchOptions) {
    this.over = new Promise((resolve) => {
      this.end = resolve;
    });
    const { settings } = options;
    this.agents = settings.hasAgents ? undefined : firstAgents(settings.dataDir);
    options.stop.addEventListener('abort', () => {
      this.end(exitCode.ok);
    });
  }

  /**
   * Runs everything until it is told to stop, and takes everything down again.
   * @returns the exit code
   * @throws CommandFailure with words for the person at the terminal
   */
  async run(): Promise<number> {
    try {
      await this.bringRedis();
      if (this.options.stop.aborted) return exitCode.ok;
      await checkPorts(this.options.settings, this.redis?.wasAbandoned === true ? ABANDONED_PORTS_MS : 0);
      this.startServices();
      const failure = await Promise.race([this.over, this.waitUntilReady()]);
      return failure ?? (await this.over);
    } finally {
      await this.takeDown();
    }
  }

  /** Replaces gateway and worker by new runs; Redis keeps running. Resolves when they are ready, or have failed. */
  async restartServices(): Promise<void> {
    const startedAtMs = Date.now();
    this.said.clear();
    this.isUp = false;
    const areReady = await Promise.all(
      this.services.map(async (service) => {
        await service.restart();
        return service.ready();
      }),
    );
    this.isUp = true;
    if (areReady.every(Boolean)) this.options.print(`Restarted in ${Date.now() - startedAtMs} ms.`);
  }

  private async bringRedis(): Promise<void> {
    const { settings, print, stop } = this.options;
    if (settings.redis !== undefined) return;
    try {
      this.redis = await startEmbeddedRedis({
        ...{ dataDir: settings.dataDir, fsync: settings.fsync, report: print },
      });
    } catch (error) {
      // Ctrl-C also ends an apt that is fetching for us.
      if (stop.aborted) return;
      if (error instanceof EmbeddedRedisError) throw new CommandFailure(error.message);
      throw error;
    }
    this.redisKept = keepRedis(this.redis, this.down.signal, print).catch((error: unknown) => {
      print(error instanceof Error ? error.message : String(error));
      this.end(exitCode.failed);
    });
  }

  private startServices(): void {
    const { settings, mains } = this.options;
    this.services = [
      this.service('gateway', mains.gateway, settings.internalHost, settings.internalPort),
      this.service('worker', mains.worker, settings.workerHost, settings.workerPort),
    ];
    for (const service of this.services) service.start();
  }

  private service(name: string, main: string, host: string, port: number): ServiceKeeper {
    const { settings, env, isDevelopment } = this.options;
    const log = new LogFile(join(settings.dataDir, 'logs', `${name}.log`), (line) => {
      this.show(name, line);
    });
    this.logs.push(log);
    return new ServiceKeeper({
      name,
      main,
      address: { host: reachableHost(host), port },
      log,
      nodeArgs: isDevelopment ? ['--enable-source-maps'] : [],
      env: {
        ...serviceEnvironment(env),
        DATA_DIR: settings.dataDir,
        ...(this.agents === undefined ? {} : { AGENTS_FILE: this.agents.file }),
        ...(this.redis === undefined ? {} : { REDIS_URL: this.redis.url }),
      },
      onEnd: (exit, wasReady) => this.sequel(name, exit, wasReady, log),
    });
  }

  private show(name: string, line: string): void {
    const shown = shownLine(name, line);
    if (shown === undefined) return;
    if (shown !== line) {
      this.options.print(shown);
      return;
    }
    // At the start both services read the same settings and complain in the same words: once is enough.
    const words = line.startsWith(`${name}: `) ? line.slice(name.length + 2) : line;
    if (this.isUp || !this.said.has(words)) this.options.print(words);
    if (!this.isUp) this.said.add(words);
  }

  private sequel(name: string, exit: ServiceExit, wasReady: boolean, log: LogFile): Sequel {
    const { print, isDevelopment } = this.options;
    const how = exit.signal ?? `exit code ${String(exit.code)}`;
    if (isDevelopment) {
      print(`The ${name} has ended (${how}); it is started again at the next change.`);
      return 'leave';
    }
    if (exit.code === exitCode.config) {
      this.end(exitCode.config);
      return 'give up';
    }
    if (!wasReady) {
      print(`The ${name} has ended before it was ready (${how}). Its log: ${log.path}`);
      this.end(exitCode.failed);
      return 'give up';
    }
    print(`The ${name} has ended (${how}); it is started again in ${RESTART_MS / 1000} s. Its log: ${log.path}`);
    return { again: RESTART_MS };
  }

  /** Prints the banner once both services are ready; a number is the exit code of a start that took too long. */
  private async waitUntilReady(): Promise<number | undefined> {
    const { print, settings } = this.options;
    const giveUpAtMs = this.redis === undefined ? Infinity : Date.now() + READY_MS;
    let remindAtMs = Date.now() + REMINDER_MS;
    let tooLong = false;
    const areReady = await Promise.all(
      this.services.map((service) =>
        service.ready((reason) => {
          if (Date.now() > giveUpAtMs && !tooLong) {
            tooLong = true;
            print(
              `The ${service.name} is not ready after ${READY_MS / 1000} s (${reason}). Logs: ${settings.dataDir}/logs`,
            );
            this.end(exitCode.failed);
          }
          if (Date.now() < remindAtMs) return;
          remindAtMs = Date.now() + REMINDER_MS;
          print(`Waiting for the ${service.name}: ${reason}`);
        }),
      ),
    );
    // Otherwise one of them has ended, and its keeper has said what follows.
    if (areReady.every(Boolean)) {
      this.isUp = true;
      this.printBanner();
    }
    return undefined;
  }

  private printBanner(): void {
    const { settings, print } = this.options;
    const { redis } = this;
    print(
      banner({
        settings,
        redis:
          redis === undefined
            ? `${settings.redis ?? ''} (used as it is: how safely it keeps data is set there)`
            : `${redis.binary.version} of our own (${redis.binary.path}) on 127.0.0.1:${redis.current().port}, fsync: ${settings.fsync}${LOSS[settings.fsync]}`,
        startMs: Date.now() - this.begunAtMs,
        agents: this.agents?.agents ?? [],
      }),
    );
  }

  /** Services first, so that what they still write finds its Redis. */
  private async takeDown(): Promise<void> {
    const { hurry } = this.options;
    this.down.abort();
    await Promise.all(this.services.map((service) => service.stop(hurry)));
    await this.redisKept;
    await this.redis?.stop();
    for (const log of this.logs) log.close();
  }
}
