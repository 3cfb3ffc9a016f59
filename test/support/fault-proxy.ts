import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { commandName, RedisValues } from './redis-protocol.js';

/** Commands by which a client sets up or watches its connection; losing those would test the client, not us. */
const SETUP = new Set(
  ['auth', 'hello', 'client', 'select', 'info', 'ping', 'quit', 'readonly', 'cluster', 'command', 'script'].concat([
    ...['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe'],
  ]),
);
/** A test that opens more than this has lost control of its clients. */
const MAX_CONNECTIONS = 500;

/** What has happened so far. */
export interface FaultCounters {
  readonly connections: number;
  /** Commands forwarded, connection set-up included. */
  readonly requests: number;
  /** Replies delivered. */
  readonly replies: number;
  readonly lostReplies: number;
  readonly lostRequests: number;
}

/** Which commands a loss may hit; by default all but those that set up a connection. */
export type FaultTarget = (commandName: string) => boolean;

interface Loss {
  remaining: number;
  readonly hits: FaultTarget;
}

const nothing: Loss = { remaining: 0, hits: () => false };
const anyWork: FaultTarget = (name) => !SETUP.has(name);

/** A network between a client and a Redis server that fails on command. */
export class FaultProxy {
  /** Each reply is held back this long, in milliseconds; their order stays. */
  delayMs = 0;
  /** Whether new connections are turned away at once. */
  isRefusing = false;

  private readonly links = new Set<Link>();
  private readonly counts = { connections: 0, requests: 0, replies: 0, lostReplies: 0, lostRequests: 0 };
  private replyLoss = nothing;
  private requestLoss = nothing;
  private isFrozen = false;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => {
      if (this.isRefusing || this.links.size >= MAX_CONNECTIONS) client.resetAndDestroy();
      else this.open(client);
    });
  }

  /** Listens on a free port of 127.0.0.1 and forwards to the server given. */
  static async start(target: { readonly host?: string; readonly port: number }): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, { host: '127.0.0.1', ...target });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get counters(): FaultCounters {
    return { ...this.counts };
  }

  /** The next `count` commands are carried out, but instead of their replies the client gets a dead connection. */
  loseReplies(count: number, hits: FaultTarget = anyWork): void {
    this.replyLoss = { remaining: count, hits };
  }

  /** The next `count` commands never reach the server, and the client gets a dead connection. */
  loseRequests(count: number, hits: FaultTarget = anyWork): void {
    this.requestLoss = { remaining: count, hits };
  }

  /** Nothing moves any more, in either direction; connections stay open and new ones are accepted. */
  freeze(): void {
    this.isFrozen = true;
    for (const link of this.links) link.pause();
  }

  thaw(): void {
    this.isFrozen = false;
    for (const link of this.links) link.resume();
  }

  /** Resets every connection there is; new ones work. */
  cut(): void {
    for (const link of this.links) link.destroy();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private open(client: Socket): void {
    this.counts.connections += 1;
    const link: Link = new Link(client, connect({ ...this.target, noDelay: true }), {
      onRequest: (name) => {
        if (take(this.requestLoss, name)) {
          this.counts.lostRequests += 1;
          return 'lose request';
        }
        this.counts.requests += 1;
        return take(this.replyLoss, name) ? 'lose reply' : 'deliver';
      },
      onReply: (fate) => {
        if (fate === 'lose reply') this.counts.lostReplies += 1;
        else this.counts.replies += 1;
      },
      delayMs: () => this.delayMs,
      onEnd: () => this.links.delete(link),
    });
    this.links.add(link);
    if (this.isFrozen) link.pause();
  }
}

const take = (loss: Loss, name: string): boolean => {
  if (loss.remaining === 0 || !loss.hits(name)) return false;
  loss.remaining -= 1;
  return true;
};

type Fate = 'deliver' | 'lose reply' | 'lose request';

interface LinkEvents {
  readonly onRequest: (name: string) => Fate;
  readonly onReply: (fate: Fate) => void;
  readonly delayMs: () => number;
  readonly onEnd: () => void;
}

/** One connection of a client and its other half. */
class Link {
  private readonly requests = new RedisValues();
  private readonly replies = new RedisValues();
  /** What is to become of the replies still to come, in order. */
  private readonly fates: Fate[] = [];
  /** Delayed replies whose time came while nothing moved. */
  private readonly held: Buffer[] = [];
  private isPaused = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly events: LinkEvents,
  ) {
    client.on('data', (chunk: Buffer) => {
      this.forward(chunk);
    });
    server.on('data', (chunk: Buffer) => {
      this.answer(chunk);
    });
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.destroy();
      });
      socket.on('drain', () => {
        if (!this.isPaused) this.other(socket).resume();
      });
    }
  }

  pause(): void {
    this.isPaused = true;
    this.client.pause();
    this.server.pause();
  }

  resume(): void {
    this.isPaused = false;
    for (const reply of this.held.splice(0)) this.write(this.client, reply);
    this.client.resume();
    this.server.resume();
  }

  destroy(): void {
    // Whoever gives up on a reply, as a client's watchdog does, has lost it as well.
    for (const fate of this.fates.splice(0)) if (fate === 'lose reply') this.events.onReply(fate);
    this.events.onEnd();
    this.client.resetAndDestroy();
    this.server.destroy();
  }

  private other(socket: Socket): Socket {
    return socket === this.client ? this.server : this.client;
  }

  private forward(chunk: Buffer): void {
    for (const request of this.requests.push(chunk)) {
      const fate = this.events.onRequest(commandName(request));
      if (fate === 'lose request') {
        this.destroy();
        return;
      }
      this.fates.push(fate);
      this.write(this.server, request);
    }
  }

  private answer(chunk: Buffer): void {
    for (const reply of this.replies.push(chunk)) {
      // Messages of a subscription come without having been asked for.
      const fate = this.fates.shift() ?? 'deliver';
      this.events.onReply(fate);
      if (fate === 'lose reply') {
        this.destroy();
        return;
      }
      const delayMs = this.events.delayMs();
      if (delayMs === 0) this.write(this.client, reply);
      else setTimeout(this.deliverLate.bind(this), delayMs, reply);
    }
  }

  private deliverLate(reply: Buffer): void {
    if (this.isPaused) this.held.push(reply);
    else this.write(this.client, reply);
  }

  /** A reader that does not keep up slows the other side down, as a network would. */
  private write(socket: Socket, bytes: Buffer): void {
    if (!socket.destroyed && !socket.write(bytes)) this.other(socket).pause();
  }
}
