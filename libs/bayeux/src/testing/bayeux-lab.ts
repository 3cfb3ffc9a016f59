import { createServer, type IncomingMessage, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { BayeuxServer } from '../bayeux-server.js';
import type { BayeuxPeer } from '../engine.js';
import { MemoryEngine } from '../memory-engine.js';
import type { BayeuxOptions } from '../options.js';
import { ManualTime } from './manual-time.js';

/** A Bayeux message as JSON. */
export type Json = Record<string, unknown>;

/** What came back over HTTP. */
export interface LabReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The text as an array of messages. */
  readonly messages: readonly Json[];
}

interface Sent {
  readonly user?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

const WAIT_MAX_MS = 5_000;
export const USER = 'BuzzBrain';
export const CHANNEL = '/_genesys';
export const CONNECT = '/meta/connect';

/** The user of a request: a header, or for clients that cannot set any the start of the path, `/as/<user>/cometd`. */
const peerOf = ({ headers, url, socket }: IncomingMessage): BayeuxPeer => {
  const header = headers['gms_user'];
  const user = typeof header === 'string' ? header : /^\/as\/([^/]+)\//.exec(url ?? '')?.[1];
  return { user, address: socket.remoteAddress ?? '' };
};

const parsed = (text: string): readonly Json[] => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? (value as Json[]) : [];
  } catch {
    return [];
  }
};

/** The server over the memory engine on real sockets, with time that a test moves. */
export class BayeuxLab {
  readonly engine = new MemoryEngine();
  readonly time = new ManualTime();
  readonly failures: unknown[] = [];
  readonly server: BayeuxServer;
  private readonly sockets: WebSocket[] = [];

  private constructor(
    private readonly listener: Server,
    options: Partial<BayeuxOptions>,
  ) {
    this.server = new BayeuxServer({
      engine: this.engine,
      time: this.time,
      random: () => 0.5,
      onFailure: (error) => this.failures.push(error),
      ...options,
    });
    listener.on('request', (request, response) => {
      this.server.handleHttp(request, response, { peer: peerOf(request) });
    });
    listener.on('upgrade', (request, socket, head) => {
      this.server.handleUpgrade(request, socket, head, peerOf(request));
    });
  }

  static async start(options: Partial<BayeuxOptions> = {}): Promise<BayeuxLab> {
    const listener = createServer();
    const lab = new BayeuxLab(listener, options);
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return lab;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Sends a body as it is. */
  send(body: string | Buffer | undefined, sent: Sent = {}): Promise<LabReply> {
    const { user = USER, headers = {}, method = 'POST', path = '/genesys/cometd', signal } = sent;
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          ...{ host: '127.0.0.1', port: this.port, method, path, agent: false },
          headers: {
            'Content-Type': 'application/json;charset=UTF-8',
            ...(user === null ? {} : { gms_user: user }),
            ...headers,
          },
          ...(signal === undefined ? {} : { signal }),
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const text = Buffer.concat(parts).toString('utf8');
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, messages: parsed(text) });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  /** Sends messages: one as an object, several as an array. */
  post(messages: Json | readonly Json[], sent?: Sent): Promise<LabReply> {
    return this.send(JSON.stringify(messages), sent);
  }

  /** Sends one message and gives the only reply. */
  async ask(message: Json, sent?: Sent): Promise<Json> {
    const { messages, text } = await this.post(message, sent);
    const [reply] = messages;
    if (reply === undefined || messages.length > 1) throw new Error(`expected one reply, got ${text}`);
    return reply;
  }

  /** Makes a client. */
  async handshake(more: Json = {}, sent?: Sent): Promise<string> {
    const { clientId } = await this.ask({ channel: '/meta/handshake', version: '1.0', ...more }, sent);
    if (typeof clientId !== 'string') throw new Error('the handshake failed');
    return clientId;
  }

  /** Makes a client that has connected once and subscribed. */
  async subscriber(more: Json = {}, sent?: Sent): Promise<string> {
    const clientId = await this.handshake(more, sent);
    await this.ask(this.connect(clientId), sent);
    await this.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL }, sent);
    return clientId;
  }

  connect(clientId: string, more: Json = {}): Json {
    return { channel: CONNECT, clientId, connectionType: 'long-polling', ...more };
  }

  /** Sends a connect, and resolves when it is held. */
  async hold(message: Json, sent?: Sent): Promise<{ readonly reply: Promise<LabReply> }> {
    const clientId = String(message['clientId']);
    const before = this.engine.connectsOf(clientId);
    const reply = this.post(message, sent);
    // Not every test that holds a connect wants its answer.
    reply.catch(() => undefined);
    await this.until('a connect to be held', () => this.engine.connectsOf(clientId) > before);
    return { reply };
  }

  /** Delivers a text to a user. */
  deliver(text: string, user = USER): void {
    this.engine.deliver(user, CHANNEL, JSON.stringify({ channel: CHANNEL, data: text }));
  }

  /** Opens a websocket. */
  async open(user: string | null = USER, headers: Readonly<Record<string, string>> = {}): Promise<LabSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.port}/genesys/cometd`, {
      headers: { ...(user === null ? {} : { gms_user: user }), ...headers },
    });
    this.sockets.push(socket);
    const wrapped = new LabSocket(socket);
    await once(socket, 'open');
    return wrapped;
  }

  /** Waits for what the event loop brings. */
  async until(what: string, isThere: () => boolean): Promise<void> {
    const endMs = performance.now() + WAIT_MAX_MS;
    while (!isThere()) {
      if (performance.now() > endMs) throw new Error(`waited in vain for ${what}`);
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    this.server.close();
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }
}

/** A websocket of a test: what it was sent waits until it is asked for. */
export class LabSocket {
  private readonly frames: (readonly Json[])[] = [];
  private readonly readers: ((frame: readonly Json[]) => void)[] = [];
  /** Code and reason of the end. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const frame = parsed(data.toString('utf8'));
      const reader = this.readers.shift();
      if (reader === undefined) this.frames.push(frame);
      else reader(frame);
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  send(messages: Json | readonly Json[]): void {
    this.socket.send(JSON.stringify(messages));
  }

  /** The next frame. */
  next(): Promise<readonly Json[]> {
    const frame = this.frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    return new Promise((resolve) => {
      this.readers.push(resolve);
    });
  }

  async ask(message: Json): Promise<Json> {
    this.send(message);
    const [reply] = await this.next();
    if (reply === undefined) throw new Error('expected a reply');
    return reply;
  }
}
