import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { repeatWithoutUpgrade } from './plain-repeat.js';

/** Requests that are held for long are answered beside the framework, which would keep several objects for each. */
export interface HeldRequests {
  /** Whether a request is one of them. */
  takes(request: IncomingMessage): boolean;
  readonly answer: RequestListener;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** Decides what is too much, see `Overload`. */
export interface Gate {
  turnsAway(response: ServerResponse): boolean;
  count(response: ServerResponse): void;
}

export interface HttpTimes {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** How long a connection may be idle between two requests, in milliseconds; above what balancers usually take. */
const KEEP_ALIVE_MS = 72_000;

/** How often connections are looked for whose time for a request is out, in milliseconds. Node itself looks every 30 s. */
const CHECK_EVERY_MS = 1_000;

/**
 * Requests that a connection may send ahead while an answer of it is on its way: their answers wait in our memory, and who
 * does not read lets them wait. Hardly any client sends any.
 */
const AHEAD_MAX = 16;

const NO_WEBSOCKET = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === 'websocket';

/** Ends connections that send too much ahead. */
class SentAhead {
  private readonly counts = new WeakMap<Socket, number>();

  /** @returns whether the connection has been ended */
  isTooMuch({ socket }: IncomingMessage, response: ServerResponse): boolean {
    // Only an answer whose turn has come has a connection.
    if (response.socket !== null) return false;
    const count = this.counts.get(socket) ?? 0;
    if (count >= AHEAD_MAX) {
      socket.destroy();
      return true;
    }
    this.counts.set(socket, count + 1);
    response.once('close', () => this.counts.set(socket, (this.counts.get(socket) ?? 1) - 1));
    return false;
  }
}

/** The server of a listener: the framework's requests, the held ones, and websockets. */
export const createHttpServer = (
  framework: RequestListener,
  held: HeldRequests,
  { headersTimeoutMs, requestTimeoutMs }: HttpTimes,
  gate?: Gate,
): Server => {
  const ahead = new SentAhead();
  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    },
    (request, response) => {
      if (ahead.isTooMuch(request, response)) return;
      if (gate?.turnsAway(response) === true) return;
      if (held.takes(request)) held.answer(request, response);
      else {
        gate?.count(response);
        framework(request, response);
      }
    },
  );
  server.on('upgrade', (request, socket, head) => {
    if (!isWebSocket(request)) repeatWithoutUpgrade(server, request, socket, head);
    else if (held.takes(request)) held.upgrade(request, socket, head);
    else socket.on('error', () => socket.destroy()).end(NO_WEBSOCKET);
  });
  return server;
};
