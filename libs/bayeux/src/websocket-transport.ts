import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { BayeuxPeer } from './engine.js';
import type { BayeuxOptions } from './options.js';
import type { BayeuxProtocol } from './protocol.js';
import { BayeuxSocket } from './bayeux-socket.js';

const refuse = (socket: Duplex, status: number): void => {
  socket.on('error', () => {
    socket.destroy();
  });
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};

/** Bayeux over websockets; the listener hands over the upgrades of its path. */
export class WebSocketTransport {
  private readonly server: WebSocketServer;
  private readonly sockets = new Set<BayeuxSocket>();
  private stopPings: (() => void) | undefined;
  private onEmpty: (() => void) | undefined;

  constructor(
    private readonly protocol: BayeuxProtocol,
    private readonly options: BayeuxOptions,
  ) {
    this.server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // One frame for each turn of the event loop: thousands that came at once must not keep all others waiting.
      allowSynchronousEvents: false,
      maxPayload: options.limits.bodyBytes,
    });
  }

  get size(): number {
    return this.sockets.size;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, peer: BayeuxPeer): void {
    const { origin, host } = request.headers;
    if (!this.options.connectionTypes.includes('websocket')) refuse(socket, 404);
    else if (this.protocol.isDraining) refuse(socket, 503);
    else if (!this.options.isOriginAllowed(origin, host)) refuse(socket, 403);
    else {
      this.server.handleUpgrade(request, socket, head, (websocket) => {
        this.accept(websocket, peer);
      });
    }
  }

  /** Closes every socket once what it is owed has been written; resolves when the last one has gone. */
  async drain(): Promise<void> {
    for (const socket of this.sockets) socket.retire();
    if (this.sockets.size === 0) return;
    await new Promise<void>((resolve) => {
      this.onEmpty = resolve;
    });
  }

  close(): void {
    this.stopPings?.();
    this.stopPings = undefined;
    for (const socket of this.sockets) socket.terminate();
  }

  private accept(websocket: WebSocket, peer: BayeuxPeer): void {
    const socket: BayeuxSocket = new BayeuxSocket(websocket, peer, this.protocol, this.options, () => {
      this.sockets.delete(socket);
      if (this.sockets.size > 0) return;
      this.stopPings?.();
      this.stopPings = undefined;
      this.onEmpty?.();
    });
    this.sockets.add(socket);
    this.stopPings ??= this.options.time.every(this.options.pingMs, this.ping);
  }

  private readonly ping = (): void => {
    for (const socket of this.sockets) socket.checkLife();
  };
}
