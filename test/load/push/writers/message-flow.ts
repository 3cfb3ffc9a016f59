import { stampedText } from '../stamp.js';
import type { MessageSink } from './message-sink.js';

/** What was written since the flow began. */
export interface Written {
  readonly messages: number;
  /** Messages that went out in one turn, on average: Redis and the client library take such together. */
  readonly together: number;
}

/** How often a steady flow looks what is due, in milliseconds. */
const STEADY_MS = 2;

/** Writes messages to users in turn: as many as have been received, or so many a second. */
export class MessageFlow {
  private readonly order: readonly number[];
  private turn = 0;
  private number = 0;
  private messages = 0;
  private turns = 0;
  private inFlight = 0;
  private isRunning = false;
  private failure: unknown;
  private onIdle: (() => void) | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sink: MessageSink,
    users: number,
  ) {
    // Neighbours share a partition, or the time at which they came: messages go here and there.
    this.order = Array.from({ length: users }, (_, index) => ({ index, place: Math.random() }))
      .sort((a, b) => a.place - b.place)
      .map(({ index }) => index);
  }

  /** Keeps so many messages undelivered, fewer than there are users: nobody has two of them. */
  keepUndelivered(messages: number): void {
    this.begin();
    this.write(messages);
  }

  /** Clients have received so many. */
  received(messages: number): void {
    if (this.isRunning && this.timer === undefined) this.write(messages);
  }

  /** Writes so many messages a second, whatever becomes of them, `together` of them at a time. */
  writeSteadily(perS: number, together = 1): void {
    this.begin();
    const startedAtMs = performance.now();
    let written = 0;
    this.timer = setInterval(() => {
      const due = Math.floor(((performance.now() - startedAtMs) / 1_000) * perS);
      if (due - written < together) return;
      this.write(due - written);
      written = due;
    }, STEADY_MS);
  }

  /** Ends the flow; resolves when all that was written is kept. @throws what a write threw */
  async stop(): Promise<Written> {
    this.isRunning = false;
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.inFlight > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    this.onIdle = undefined;
    if (this.failure instanceof Error) throw this.failure;
    return { messages: this.messages, together: this.messages / Math.max(1, this.turns) };
  }

  private begin(): void {
    this.messages = 0;
    this.turns = 0;
    this.isRunning = true;
  }

  private write(count: number): void {
    this.turns += 1;
    this.messages += count;
    for (let left = count; left > 0; left -= 1) void this.writeOne();
  }

  private async writeOne(): Promise<void> {
    const user = this.order[this.turn] ?? 0;
    this.turn = this.turn + 1 === this.order.length ? 0 : this.turn + 1;
    this.number += 1;
    this.inFlight += 1;
    try {
      await this.sink.write(user, stampedText(this.number, user));
    } catch (error) {
      this.failure = error;
    }
    this.inFlight -= 1;
    if (this.inFlight === 0) this.onIdle?.();
  }
}
