import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { BayeuxEngine, BayeuxPeer } from './engine.js';
import { type HttpExchange, HttpTransport } from './http-transport.js';
import { type BayeuxOptions, DEFAULT_OPTIONS } from './options.js';
import { BayeuxProtocol } from './protocol.js';
import { WebSocketTransport } from './websocket-transport.js';

/** Bayeux for the listeners of a process: they hand over requests and upgrades of its path, whatever the suffix. */
export class BayeuxServer {
  private readonly protocol: BayeuxProtocol;
  private readonly http: HttpTransport;
  private readonly websockets: WebSocketTransport;

  constructor(options: Partial<BayeuxOptions> & { readonly engine: BayeuxEngine }) {
    const whole: BayeuxOptions = { ...DEFAULT_OPTIONS, ...options };
    this.protocol = new BayeuxProtocol(whole);
    this.http = new HttpTransport(this.protocol, whole);
    this.websockets = new WebSocketTransport(this.protocol, whole);
  }

  /** Connects that are held just now, over all transports. */
  get heldConnects(): number {
    return this.protocol.heldConnects;
  }

  get openWebSockets(): number {
    return this.websockets.size;
  }

  /** Answers a request, whatever it is, at its time. Headers that are set on the response already stay. */
  handleHttp(request: IncomingMessage, response: ServerResponse, exchange: HttpExchange): void {
    void this.http.handle(request, response, exchange);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: BayeuxPeer): void {
    this.websockets.handleUpgrade(request, socket, head, peer);
  }

  /**
   * Answers all held connects at once, closes websockets once they are answered, and from now on holds none. Resolves
   * when no request and no websocket is left, which is up to the clients: bound it. What comes later is still answered.
   */
  async drain(): Promise<void> {
    this.protocol.drain();
    await Promise.all([this.websockets.drain(), this.http.drain()]);
  }

  /** Takes back a drain: connects are held and websockets taken again. */
  resume(): void {
    this.protocol.resume();
  }

  /** Ends all websockets, answered or not. */
  close(): void {
    this.websockets.close();
  }
}
