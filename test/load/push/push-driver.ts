import type { ChildProcess } from 'node:child_process';
import { ask } from '../measure/conversation.js';
import { forkScript, stopProcess } from '../measure/processes.js';
import type { Endpoint } from './clients/push-client.js';
import type { Received } from './fleet.js';

export type DriverOrder = { readonly name: string } & (
  | { readonly type: 'open'; readonly endpoint: Endpoint; readonly users: number; readonly creditPort?: number }
  | { readonly type: 'add'; readonly endpoint: Endpoint; readonly from: number; readonly to: number }
  | { readonly type: 'begin' | 'answered' | 'close' }
  | { readonly type: 'finish'; readonly messages: number; readonly limitMs: number }
);

/** How long the last messages of a round may take, in milliseconds. */
const LAST_MESSAGES_MS = 15_000;

/** All clients of a benchmark, in a process of their own: what they cost is not the servers'. */
export class PushDriver {
  private constructor(private readonly child: ChildProcess) {}

  static start(): PushDriver {
    return new PushDriver(forkScript('test/load/push/push-driver-process.js', {}));
  }

  /** Connects so many users; `name` stands for them from now on. */
  async open(name: string, endpoint: Endpoint, users: number, creditPort?: number): Promise<void> {
    await this.order({ type: 'open', name, endpoint, users, ...(creditPort === undefined ? {} : { creditPort }) });
  }

  /** Connects more of them. */
  async add(name: string, endpoint: Endpoint, from: number, to: number): Promise<void> {
    await this.order({ type: 'add', name, endpoint, from, to });
  }

  async begin(name: string): Promise<void> {
    await this.order({ type: 'begin', name });
  }

  /** Resolves when so many messages have come since the beginning. @throws Error when they do not, or come twice */
  finish(name: string, messages: number): Promise<Received> {
    return this.order({ type: 'finish', name, messages, limitMs: LAST_MESSAGES_MS });
  }

  /** How often the users have got an answer to a poll, or anything over a websocket, in all. */
  answered(name: string): Promise<number> {
    return this.order({ type: 'answered', name });
  }

  async close(name: string): Promise<void> {
    await this.order({ type: 'close', name });
  }

  stop(): Promise<void> {
    return stopProcess(this.child);
  }

  private order<Answer>(order: DriverOrder): Promise<Answer> {
    return ask<Answer>(this.child, order);
  }
}
