import { percentile } from '../measure/statistics.js';
import { HttpConnection } from './http-connection.js';
import type { Load, RoundEnd, RoundResult } from './load.js';

/** One of the loop's clients: a connection to each server, one request in flight. */
interface Client {
  readonly connections: HttpConnection[];
  sentAtMs: number;
}

/** Sends a load as a closed loop: each of its clients sends the next request when the reply to its last one is there. */
export class ClosedLoop {
  private readonly clients: Client[] = [];
  private readonly requests: readonly Buffer[];
  private latenciesMs: number[] = [];
  private next = 0;
  private bodyBytes = 0;
  private inFlight = 0;
  private endsAtMs = 0;
  private remaining = 0;
  private settle: { resolve: () => void; reject: (error: Error) => void } | undefined;

  private constructor(private readonly load: Load) {
    this.requests = load.requests.map((request) => Buffer.from(request));
  }

  /** Opens the connections. */
  static async open(load: Load): Promise<ClosedLoop> {
    const loop = new ClosedLoop(load);
    await Promise.all(Array.from({ length: load.connections }, () => loop.addClient()));
    return loop;
  }

  /** Replies so far. */
  get replies(): number {
    return this.latenciesMs.length;
  }

  /** Runs one round. @throws Error when a reply is not 200 or a connection breaks */
  async run(end: RoundEnd): Promise<RoundResult> {
    this.latenciesMs = [];
    this.bodyBytes = 0;
    const startedAtMs = performance.now();
    this.endsAtMs = end === 'each-once' ? Number.POSITIVE_INFINITY : startedAtMs + end.seconds * 1000;
    this.remaining = end === 'each-once' ? this.requests.length : Number.POSITIVE_INFINITY;
    await new Promise<void>((resolve, reject) => {
      this.settle = { resolve, reject };
      for (const client of this.clients) this.sendNext(client, startedAtMs);
    });
    const elapsedMs = performance.now() - startedAtMs;
    const sorted = Float64Array.from(this.latenciesMs).sort();
    return {
      requests: sorted.length,
      elapsedMs,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      bodyBytes: this.bodyBytes / sorted.length,
    };
  }

  close(): void {
    for (const { connections } of this.clients) for (const connection of connections) connection.close();
  }

  private async addClient(): Promise<void> {
    const client: Client = { connections: [], sentAtMs: 0 };
    const onReply = (status: number, bytes: number): void => {
      this.take(client, status, bytes);
    };
    const onBroken = (error: Error): void => this.settle?.reject(error);
    for (const port of this.load.ports) client.connections.push(await HttpConnection.open(port, onReply, onBroken));
    this.clients.push(client);
  }

  private take(client: Client, status: number, bytes: number): void {
    const nowMs = performance.now();
    this.inFlight -= 1;
    if (status !== 200) {
      this.settle?.reject(new Error(`a server answered ${status}`));
      return;
    }
    this.latenciesMs.push(nowMs - client.sentAtMs);
    this.bodyBytes += bytes;
    this.sendNext(client, nowMs);
  }

  private sendNext(client: Client, nowMs: number): void {
    if (this.remaining === 0 || nowMs >= this.endsAtMs) {
      if (this.inFlight === 0) this.settle?.resolve();
      return;
    }
    const { connections } = client;
    const connection = connections[connections.length === 1 ? 0 : Math.floor(Math.random() * connections.length)];
    const request = this.requests[this.next];
    if (connection === undefined || request === undefined) throw new Error('a load needs ports and requests');
    this.next = this.next + 1 === this.requests.length ? 0 : this.next + 1;
    this.remaining -= 1;
    this.inFlight += 1;
    client.sentAtMs = nowMs;
    connection.send(request);
  }
}
