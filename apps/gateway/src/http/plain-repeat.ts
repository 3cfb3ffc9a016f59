import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

const CRLF = '\r\n';
const ABOUT_UPGRADE = new Set(['upgrade', 'connection', 'http2-settings']);

/**
 * Has a server read a request again as if its client had not offered to change the protocol. Clients that would rather
 * speak HTTP/2 (Java's among them) offer it with each request and are content with HTTP/1.1, but as soon as a server
 * takes websockets, Node takes every offer for one.
 */
export const repeatWithoutUpgrade = (server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? '';
    if (!ABOUT_UPGRADE.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[at + 1] ?? ''}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(lines.join(CRLF) + CRLF + CRLF, 'latin1'), head]));
  server.emit('connection', socket);
};
