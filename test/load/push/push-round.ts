import { setTimeout as pause } from 'node:timers/promises';
import { CommandCounter, type CommandCounts, countsBetween } from '../measure/command-counts.js';
import type { Cost } from '../measure/cost.js';
import { cpuTimeUs } from '../measure/cpu-time.js';
import type { Transport } from './clients/push-client.js';
import type { Candidate } from './candidate.js';
import type { PushDriver } from './push-driver.js';
import { PushWriter } from './writers/push-writer.js';

/** How messages come: so many of them are always undelivered, or so many come in a second. */
export type Flow = { readonly undelivered: number } | { readonly perS: number };

export interface PushRound {
  readonly cost: Cost;
  /** Messages that the writer sent together, on average. */
  readonly together: number;
  /** Commands of Redis per message, the writer's among them. */
  readonly commands: CommandCounts;
}

/** A candidate with its users connected and an agent who writes to them. */
export class Contestant {
  private constructor(
    readonly candidate: Candidate,
    private readonly driver: PushDriver,
    private readonly writer: PushWriter,
    private readonly counter: CommandCounter | undefined,
  ) {}

  static async connect(
    candidate: Candidate,
    driver: PushDriver,
    transport: Transport,
    users: number,
  ): Promise<Contestant> {
    const writer = await PushWriter.start(candidate.sink, users);
    try {
      const { name, port, dialect, store } = candidate;
      await driver.open(name, { port, dialect, transport }, users, writer.creditPort);
      const counter = store === undefined ? undefined : await CommandCounter.open(store.redisUrl);
      return new Contestant(candidate, driver, writer, counter);
    } catch (error) {
      await writer.stop();
      throw error;
    }
  }

  get name(): string {
    return this.candidate.name;
  }

  /** Lets messages flow, and measures until the last of them is there. */
  async run(flow: Flow, seconds: number): Promise<PushRound> {
    const { name, driver, writer } = this;
    await driver.begin(name);
    const commandsBefore = await this.counter?.read();
    const before = this.cpuTimes();
    const startedAtMs = performance.now();
    if ('undelivered' in flow) await writer.keepUndelivered(flow.undelivered);
    else await writer.writeSteadily(flow.perS);
    await pause(seconds * 1_000);
    const { messages, together } = await writer.stopWriting();
    const { p50Ms, p99Ms, bytes } = await driver.finish(name, messages);
    const elapsedMs = performance.now() - startedAtMs;
    const after = this.cpuTimes();
    const commandsAfter = await this.counter?.read();
    const counts = countsBetween(commandsBefore ?? new Map(), commandsAfter ?? new Map());
    return {
      cost: {
        serverUs: (after.server - before.server) / messages,
        redisUs: (after.redis - before.redis) / messages,
        requests: messages,
        requestsPerS: (messages / elapsedMs) * 1_000,
        p50Ms,
        p99Ms,
        bodyBytes: bytes / messages,
      },
      together,
      commands: new Map([...counts].map(([command, calls]) => [command, calls / messages])),
    };
  }

  /** Disconnects the users and ends the server: from now on nobody reads. */
  async leave(): Promise<void> {
    await this.driver.close(this.name);
    await this.candidate.stopServer();
  }

  /** What a message costs Redis that is written and never read, in microseconds; after {@link leave}. */
  async writeAlone(perS: number, together: number, seconds: number): Promise<number> {
    const { store } = this.candidate;
    if (store === undefined) return 0;
    const before = cpuTimeUs(store.redis.pid);
    await this.writer.writeSteadily(perS, together);
    await pause(seconds * 1_000);
    const { messages } = await this.writer.stopWriting();
    return (cpuTimeUs(store.redis.pid) - before) / messages;
  }

  async stop(): Promise<void> {
    this.counter?.close();
    await this.writer.stop();
  }

  private cpuTimes(): { readonly server: number; readonly redis: number } {
    const { pid, store } = this.candidate;
    return { server: cpuTimeUs(pid), redis: store === undefined ? 0 : cpuTimeUs(store.redis.pid) };
  }
}
