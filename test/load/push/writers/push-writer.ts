import type { ChildProcess } from 'node:child_process';
import { ask } from '../../measure/conversation.js';
import type { StoreAddress } from '../../measure/gateway.js';
import { forkScript, stopProcess } from '../../measure/processes.js';
import type { Written } from './message-flow.js';

/** Where messages go. */
export type SinkAddress =
  | { readonly dialect: 'parley'; readonly store: StoreAddress; readonly ids: readonly string[] }
  | { readonly dialect: 'bare' | 'bare-cursors' | 'socket.io'; readonly store: StoreAddress }
  | { readonly dialect: 'faye'; readonly port: number };

export type WriterOrder =
  | { readonly type: 'open'; readonly sink: SinkAddress; readonly users: number }
  | { readonly type: 'keep-undelivered'; readonly messages: number }
  | { readonly type: 'write-steadily'; readonly perS: number; readonly together: number }
  | { readonly type: 'stop' };

/** The agents of one server, in a process of their own: what it costs them to write is not the server's. */
export class PushWriter {
  private constructor(
    private readonly child: ChildProcess,
    /** Where the clients report what they have received. */
    readonly creditPort: number,
  ) {}

  static async start(sink: SinkAddress, users: number): Promise<PushWriter> {
    const child = forkScript('test/load/push/writers/writer-process.js', {});
    try {
      return new PushWriter(child, await ask<number>(child, { type: 'open', sink, users } satisfies WriterOrder));
    } catch (error) {
      await stopProcess(child);
      throw error;
    }
  }

  /** Writes until it is stopped, so that always so many messages are undelivered. */
  async keepUndelivered(messages: number): Promise<void> {
    await this.order({ type: 'keep-undelivered', messages });
  }

  /** Writes so many messages a second until it is stopped, `together` of them at a time. */
  async writeSteadily(perS: number, together = 1): Promise<void> {
    await this.order({ type: 'write-steadily', perS, together });
  }

  stopWriting(): Promise<Written> {
    return this.order({ type: 'stop' });
  }

  stop(): Promise<void> {
    return stopProcess(this.child);
  }

  private order<Answered>(order: WriterOrder): Promise<Answered> {
    return ask<Answered>(this.child, order);
  }
}
