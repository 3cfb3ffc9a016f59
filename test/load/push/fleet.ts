import { connect, type Socket } from 'node:net';
import { percentile } from '../measure/statistics.js';
import { clientOf } from './clients/open-client.js';
import { type Endpoint, type PushClient, userName } from './clients/push-client.js';
import { nowUs, readStamps } from './stamp.js';

/** Clients opened at once. */
const AT_ONCE = 32;

/** What the clients of one server have seen since they were last asked. */
export interface Received {
  readonly messages: number;
  /** Of the messages: how long after it was sent each was there, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** All that was received, with heads and empty answers, in bytes. */
  readonly bytes: number;
}

/** Connected users of one server, who tell the writer what they got. */
export class Fleet {
  private readonly clients: PushClient[] = [];
  private readonly seen = new Set<number>();
  private latenciesUs: number[] = [];
  private bytes = 0;
  private answers = 0;
  private uncredited = 0;
  private failure: Error | undefined;
  private awaited: { readonly messages: number; readonly settle: () => void } | undefined;
  private isClosing = false;

  private constructor(private readonly credits: Socket | undefined) {}

  /**
   * Connects users 0 to `users` - 1.
   * @param creditPort - where the number of messages received is reported to, as they come; undefined when nobody asks
   */
  static async open(endpoint: Endpoint, users: number, creditPort: number | undefined): Promise<Fleet> {
    const fleet = new Fleet(creditPort === undefined ? undefined : connect(creditPort, '127.0.0.1'));
    fleet.credits?.on('error', fleet.broken);
    await fleet.add(endpoint, 0, users);
    return fleet;
  }

  /** Answers to polls, with messages or without; over websockets what was pushed, message or not. */
  get answered(): number {
    return this.answers;
  }

  /** Connects users `from` to `to` - 1. */
  async add({ port, dialect, transport }: Endpoint, from: number, to: number): Promise<void> {
    const open = clientOf(dialect, transport);
    let next = from;
    const openMany = async (): Promise<void> => {
      while (next < to) {
        const user = next;
        next += 1;
        const onData = (data: Buffer): void => {
          this.take(user, data);
        };
        this.clients.push(await open(port, userName(user), { onData, onBroken: this.broken }));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, openMany));
    this.check();
  }

  /** From now on counts anew. */
  begin(): void {
    this.check();
    this.latenciesUs = [];
    this.bytes = 0;
    this.seen.clear();
  }

  /** Resolves when so many messages have come since the beginning. @throws Error when they do not come, or come twice */
  async finish(messages: number, limitMs: number): Promise<Received> {
    if (this.latenciesUs.length < messages) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.awaited = { messages, settle: resolve };
        timer = setTimeout(resolve, limitMs);
      });
      clearTimeout(timer);
      this.awaited = undefined;
    }
    this.check();
    const got = this.latenciesUs.length;
    if (got !== messages || this.seen.size !== got) {
      throw new Error(`${messages} messages were sent, ${got} received, ${this.seen.size} of them different`);
    }
    const sorted = Float64Array.from(this.latenciesUs).sort();
    return {
      messages,
      p50Ms: percentile(sorted, 0.5) / 1_000,
      p99Ms: percentile(sorted, 0.99) / 1_000,
      bytes: this.bytes,
    };
  }

  close(): void {
    this.isClosing = true;
    for (const client of this.clients) client.close();
    this.credits?.destroy();
  }

  private readonly broken = (error: Error): void => {
    if (this.isClosing) return;
    this.failure ??= error;
    this.awaited?.settle();
  };

  private check(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private take(user: number, data: Buffer): void {
    this.answers += 1;
    this.bytes += data.length;
    const receivedUs = nowUs();
    const before = this.latenciesUs.length;
    readStamps(data, (sentUs, number, to) => {
      if (to !== user) this.broken(new Error(`user ${user} got message ${number} for ${to}`));
      this.seen.add(number);
      this.latenciesUs.push(receivedUs - sentUs);
    });
    const got = this.latenciesUs.length - before;
    if (got === 0) return;
    this.credit(got);
    if (this.awaited !== undefined && this.latenciesUs.length >= this.awaited.messages) this.awaited.settle();
  }

  /** All that came in one turn of the event loop is reported together. */
  private credit(messages: number): void {
    if (this.credits === undefined) return;
    if (this.uncredited === 0) {
      setImmediate(() => {
        const count = Buffer.allocUnsafe(4);
        count.writeUInt32LE(this.uncredited);
        this.uncredited = 0;
        this.credits?.write(count);
      });
    }
    this.uncredited += messages;
  }
}
