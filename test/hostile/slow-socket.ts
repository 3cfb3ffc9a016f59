import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A connection of somebody who takes his time, or more of ours than he should. */
export class SlowSocket {
  private readonly parts: Buffer[] = [];
  private readonly ended: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    this.ended = once(socket, 'close').catch(() => undefined);
    socket.on('error', () => undefined);
  }

  /** @param reads - false: whatever comes stays where it is */
  static async open(url: string, reads = true): Promise<SlowSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const slow = new SlowSocket(socket);
    if (reads) socket.on('data', (part: Buffer) => slow.parts.push(part));
    else socket.pause();
    await once(socket, 'connect');
    return slow;
  }

  /** What has come so far. */
  get text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }

  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  send(bytes: string | Buffer): void {
    if (this.isOpen) this.socket.write(bytes);
  }

  /** Sends a byte after the other until the server has had enough. */
  async drip(bytes: string, everyMs: number): Promise<void> {
    for (const byte of bytes) {
      if (!this.isOpen) return;
      this.send(byte);
      await pause(everyMs);
    }
  }

  /** Waits until the server closes. @returns how long that took, in milliseconds; undefined when it does not in time */
  async closedWithin(limitMs: number): Promise<number | undefined> {
    const startMs = performance.now();
    const timer = new AbortController();
    const isClosed = await Promise.race([
      this.ended.then(() => true),
      pause(limitMs, false, { signal: timer.signal }).catch(() => true),
    ]);
    timer.abort();
    return isClosed ? performance.now() - startMs : undefined;
  }

  close(): void {
    this.socket.destroy();
  }
}
