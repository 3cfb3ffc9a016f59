import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Random, seededRandom, shuffled } from './seeded-random.js';

export interface ChoiceProxyOptions {
  /** Decides which gateway gets a request and which replies are lost. */
  readonly seed: number;
  /** Origins of the gateways that are there at first. */
  readonly targets: readonly string[];
  /** Share of the replies that are destroyed, from 0 to 1. @defaultValue 0 */
  readonly lostShare?: number;
}

/** What has happened so far. */
export interface ChoiceCounters {
  readonly requests: number;
  readonly upgrades: number;
  /** Replies and websocket chunks that a gateway wrote and no client got, or not whole. */
  readonly lost: number;
  /** Tries that went to another gateway because the first one did not listen. */
  readonly retried: number;
  /** Requests that no gateway answered. */
  readonly failed: number;
}

/** What becomes of a reply: delivered, destroyed, or destroyed half-way. */
type Fate = 'whole' | 'lost' | 'torn';

/** Something under way between a client and a gateway. */
interface Exchange {
  pause(): void;
  resume(): void;
  /** Ends both sides. */
  cut(): void;
}

/** What the proxy knows of a user. */
interface Traveller {
  readonly random: Random;
  readonly exchanges: Set<Exchange>;
  /** Resolves when his network works; undefined while it does. */
  stalled: Promise<void> | undefined;
  thaw: () => void;
}

interface UpstreamReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const USER_PATH = /^\/as\/([^/?]+)(\/.*)$/;
/** These belong to one connection, not to the message; the length is written anew. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

const isRefused = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';

const bodyOf = async (stream: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

const endToEnd = (headers: IncomingHttpHeaders): Record<string, string | string[]> =>
  Object.fromEntries(
    Object.entries(headers).filter(
      (pair): pair is [string, string | string[]] => pair[1] !== undefined && !HOP_BY_HOP.has(pair[0]),
    ),
  );

/**
 * The balancer in front of the gateways as the worst that a test may meet: each request and each websocket goes to a
 * gateway at random. It is the trusted gateway in front, too: `/as/<user>/rest` becomes `/rest` with the header
 * `gms_user: <user>`, because clients of CometD cannot set headers on a websocket.
 */
export class ChoiceProxy {
  /** Share of the replies that are destroyed from now on, from 0 to 1. */
  lostShare: number;

  private readonly targets: Set<string>;
  private readonly travellers = new Map<string, Traveller>();
  private readonly counts = { requests: 0, upgrades: 0, lost: 0, retried: 0, failed: 0 };
  private readonly agent = new Agent({ keepAlive: true });
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly seed: number,
    { targets, lostShare = 0 }: ChoiceProxyOptions,
  ) {
    this.targets = new Set(targets);
    this.lostShare = lostShare;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    server.on('request', (request, response) => {
      this.counts.requests += 1;
      this.serve(request, response).catch(() => request.socket.destroy());
    });
    server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) => {
      this.counts.upgrades += 1;
      client.on('error', () => undefined);
      this.upgrade(request, client, head).catch(() => client.destroy());
    });
  }

  /** Listens on a free port of 127.0.0.1. */
  static async start(options: ChoiceProxyOptions): Promise<ChoiceProxy> {
    // Longer than any test: which idle connection is closed when shall not be chance.
    const server = createServer({ keepAliveTimeout: 600_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ChoiceProxy(server, options.seed, options);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where a user's requests go. */
  urlOf(user: string): string {
    return `${this.url}/as/${encodeURIComponent(user)}`;
  }

  get counters(): ChoiceCounters {
    return { ...this.counts };
  }

  addTarget(origin: string): void {
    this.targets.add(origin);
  }

  /** No new request goes there; what is under way goes on. */
  removeTarget(origin: string): void {
    this.targets.delete(origin);
  }

  /** From now on nothing of a user's moves, in either direction; connections stay open and new ones are accepted. */
  freeze(user: string): void {
    const traveller = this.travellerOf(user);
    if (traveller.stalled !== undefined) return;
    traveller.stalled = new Promise((resolve) => (traveller.thaw = resolve));
    for (const exchange of traveller.exchanges) exchange.pause();
  }

  /** What was stuck arrives, late, or with `cut` the user's connections are dead. */
  thaw(user: string, { cut = false } = {}): void {
    const traveller = this.travellerOf(user);
    traveller.stalled = undefined;
    if (cut) for (const exchange of [...traveller.exchanges]) exchange.cut();
    for (const exchange of traveller.exchanges) exchange.resume();
    traveller.thaw();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const traveller of this.travellers.values()) {
      for (const exchange of [...traveller.exchanges]) exchange.cut();
      traveller.thaw();
    }
    for (const socket of this.sockets) socket.destroy();
    this.agent.destroy();
    await closed;
  }

  private travellerOf(user: string): Traveller {
    let traveller = this.travellers.get(user);
    if (traveller === undefined) {
      traveller = {
        random: seededRandom(this.seed, user),
        exchanges: new Set(),
        stalled: undefined,
        thaw: () => undefined,
      };
      this.travellers.set(user, traveller);
    }
    return traveller;
  }

  private fateOf({ random }: Traveller): Fate {
    const isLost = random() < this.lostShare;
    const isTorn = random() < 0.5;
    return !isLost ? 'whole' : isTorn ? 'torn' : 'lost';
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { user, path } = addressed(request.url ?? '/');
    const traveller = this.travellerOf(user ?? '');
    const headers = endToEnd(request.headers);
    if (user !== undefined) headers['gms_user'] = user;
    const order = shuffled(traveller.random, [...this.targets]);
    const fate = this.fateOf(traveller);
    const client = request.socket;
    const abort = new AbortController();
    const exchange: Exchange = {
      pause: () => undefined,
      resume: () => undefined,
      cut: () => {
        abort.abort();
        client.destroy();
      },
    };
    response.on('close', () => {
      // A gateway hears of a client that went while the network stood still only when it moves again.
      void Promise.resolve(traveller.stalled).then(() => {
        if (!response.writableFinished) abort.abort();
      });
    });
    traveller.exchanges.add(exchange);
    try {
      const body = await bodyOf(request);
      await traveller.stalled;
      const sent = { method: request.method ?? 'GET', path, headers, body, signal: abort.signal };
      const reply = await this.ask(order, sent);
      await traveller.stalled;
      if (client.destroyed) return;
      if (reply === undefined) {
        this.counts.failed += 1;
        if (traveller.random() < 0.5) response.writeHead(502, { 'Content-Length': '0' }).end();
        else client.destroy();
        return;
      }
      this.write(response, reply, fate);
    } finally {
      traveller.exchanges.delete(exchange);
    }
  }

  private write(response: ServerResponse, { status, headers, body }: UpstreamReply, fate: Fate): void {
    if (fate !== 'whole') this.counts.lost += 1;
    if (fate === 'lost') {
      response.socket?.destroy();
      return;
    }
    response.writeHead(status, { ...endToEnd(headers), 'Content-Length': String(body.length) });
    if (fate === 'whole') response.end(body);
    else response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
  }

  /** Asks one gateway after the other until one listens; undefined when none answers. */
  private async ask(targets: readonly string[], sent: SentRequest): Promise<UpstreamReply | undefined> {
    for (const [index, target] of targets.entries()) {
      try {
        if (index > 0) this.counts.retried += 1;
        return await this.askOne(target, sent);
      } catch (error) {
        // Whoever listened may have done what he was asked for: not to be asked of another.
        if (!isRefused(error)) return undefined;
      }
    }
    return undefined;
  }

  private async askOne(target: string, { body, headers, ...sent }: SentRequest): Promise<UpstreamReply> {
    const outgoing = httpRequest(target, {
      ...sent,
      agent: this.agent,
      headers: { ...headers, 'Content-Length': String(body.length) },
    });
    // What happens after the response has begun shows in its body.
    outgoing.on('error', () => undefined);
    outgoing.end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: incoming.statusCode ?? 502, headers: incoming.headers, body: await bodyOf(incoming) };
  }

  private async upgrade(request: IncomingMessage, client: Socket, head: Buffer): Promise<void> {
    const { user, path } = addressed(request.url ?? '/');
    const traveller = this.travellerOf(user ?? '');
    const order = shuffled(traveller.random, [...this.targets]);
    await traveller.stalled;
    const gateway = await this.open(order);
    if (gateway === undefined || client.destroyed) {
      this.counts.failed += 1;
      gateway?.destroy();
      client.destroy();
      return;
    }
    const link = new WebSocketLink(client, gateway, () => this.chunkFate(traveller));
    traveller.exchanges.add(link);
    client.on('close', () => traveller.exchanges.delete(link));
    if (traveller.stalled !== undefined) link.pause();
    const lines = Object.entries({ ...request.headers, ...(user === undefined ? {} : { gms_user: user }) }).map(
      ([name, value]) => `${name}: ${[value ?? ''].flat().join(', ')}\r\n`,
    );
    gateway.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    gateway.write(head);
  }

  private chunkFate(traveller: Traveller): Fate {
    const fate = this.fateOf(traveller);
    if (fate !== 'whole') this.counts.lost += 1;
    return fate;
  }

  /** A connection to the first of the gateways that listens. */
  private async open(targets: readonly string[]): Promise<Socket | undefined> {
    for (const [index, target] of targets.entries()) {
      const { hostname, port } = new URL(target);
      const socket = connect({ port: Number(port), host: hostname, noDelay: true });
      try {
        if (index > 0) this.counts.retried += 1;
        await once(socket, 'connect');
        return socket;
      } catch (error) {
        if (!isRefused(error)) return undefined;
      }
    }
    return undefined;
  }
}

interface SentRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** The user that a path names, and the path without him. */
const addressed = (url: string): { readonly user: string | undefined; readonly path: string } => {
  const [, user, path = '/'] = USER_PATH.exec(url) ?? [];
  return user === undefined ? { user, path: url } : { user: decodeURIComponent(user), path };
};

/** An upgraded connection and its other half. */
class WebSocketLink implements Exchange {
  private isPaused = false;

  constructor(
    private readonly client: Duplex,
    private readonly gateway: Socket,
    private readonly nextFate: () => Fate,
  ) {
    client.on('data', (chunk: Buffer) => {
      if (!gateway.write(chunk)) client.pause();
    });
    gateway.on('data', (chunk: Buffer) => {
      this.deliver(chunk);
    });
    client.on('drain', () => {
      if (!this.isPaused) gateway.resume();
    });
    gateway.on('drain', () => {
      if (!this.isPaused) client.resume();
    });
    for (const side of [client, gateway]) side.on('error', () => undefined);
    client.on('close', () => {
      if (!this.isPaused) gateway.destroy();
    });
    gateway.on('close', () => {
      // What came before the end is still on its way.
      if (!this.isPaused) client.end(() => client.destroy());
    });
  }

  pause(): void {
    this.isPaused = true;
    this.client.pause();
    this.gateway.pause();
  }

  resume(): void {
    this.isPaused = false;
    if (this.client.destroyed || this.gateway.destroyed) this.cut();
    this.client.resume();
    this.gateway.resume();
  }

  cut(): void {
    this.client.destroy();
    this.gateway.destroy();
  }

  private deliver(chunk: Buffer): void {
    const fate = this.nextFate();
    if (fate === 'whole') {
      if (!this.client.write(chunk)) this.gateway.pause();
      return;
    }
    this.gateway.pause();
    this.gateway.destroy();
    if (fate === 'lost') this.client.destroy();
    else this.client.write(chunk.subarray(0, chunk.length / 2), () => this.client.destroy());
  }
}
