import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import { report } from '../../bare-process.js';
import { userStream, WAKE_CHANNEL } from './push-stream.js';

// The second yardstick of the push benchmark: the least that a server can do of which any number may run, and die. Each
// user has a stream; a poll names the last entry that its client has, so no server keeps anything for anybody. A wake-up
// names a user, whose stream is then read. No handshake, no identity, no limits.

/** One who waits: where he is, and what to do when there is something for him. */
interface Waiting {
  after: string;
  readonly take: (last: string, events: readonly string[]) => void;
}

const HOLD_MS = Number(process.env['HOLD_MS'] ?? 55_000);
const READ_COUNT = 200;

const redis = new Redis(process.env['REDIS_URL'] ?? '', { enableAutoPipelining: true });
const subscriber = new Redis(process.env['REDIS_URL'] ?? '');
const prefix = process.env['KEY_PREFIX'] ?? '';
const waiting = new Map<string, Waiting>();

const look = async (user: string): Promise<void> => {
  const who = waiting.get(user);
  if (who === undefined) return;
  const { after } = who;
  const entries = await redis.xrange(userStream(prefix, user), `(${after}`, '+', 'COUNT', READ_COUNT);
  const last = entries.at(-1)?.[0];
  // Whoever was served meanwhile, or has gone, has no need of this.
  if (last === undefined || waiting.get(user) !== who || who.after !== after) return;
  who.take(
    last,
    entries.map(([, fields]) => fields[1] ?? ''),
  );
};

const bodyOf = (last: string, events: readonly string[]): string => `{"last":"${last}","events":[${events.join(',')}]}`;

const hold = (user: string, after: string, response: ServerResponse): void => {
  const take = (last: string, events: readonly string[]): void => {
    clearTimeout(timer);
    waiting.delete(user);
    const body = bodyOf(last, events);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
    response.end(body);
  };
  const timer = setTimeout(take, HOLD_MS, after, []);
  const who: Waiting = { after, take };
  waiting.set(user, who);
  response.on('close', () => {
    clearTimeout(timer);
    if (waiting.get(user) === who) waiting.delete(user);
  });
  void look(user);
};

const push = (user: string, after: string, socket: WebSocket): void => {
  const who: Waiting = {
    after,
    take: (last, events) => {
      who.after = last;
      socket.send(bodyOf(last, events));
    },
  };
  waiting.set(user, who);
  socket.on('close', () => {
    if (waiting.get(user) === who) waiting.delete(user);
  });
  void look(user);
};

/** The user and the place in `/poll/{user}/{id}` and `/socket/{user}/{id}`. */
const named = (url = ''): readonly [user: string, after: string] => {
  const [, , user = '', after = ''] = url.split('/');
  return [user, after];
};

const server = createServer((request, response) => {
  hold(...named(request.url), response);
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (socket, request) => {
  push(...named(request.url), socket);
});
subscriber.on('message', (_channel, user) => void look(user));
await subscriber.subscribe(`${prefix}:${WAKE_CHANNEL}`);

server.listen(0, '127.0.0.1', () => {
  report({ port: (server.address() as AddressInfo).port, ids: [] });
});
