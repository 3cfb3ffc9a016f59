import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { type WebSocket, WebSocketServer } from 'ws';
import { report } from '../../bare-process.js';
import { pushStream } from './push-stream.js';

// The yardstick of the push and idle benchmarks: one stream read with XREAD BLOCK, node:http that holds polls, ws for
// websockets. No handshake, no identity, no acknowledgement, no limits; what comes between two polls waits in memory.

interface User {
  poll: ServerResponse | undefined;
  timer: NodeJS.Timeout | undefined;
  socket: WebSocket | undefined;
  waiting: string[];
}

const HOLD_MS = Number(process.env['HOLD_MS'] ?? 55_000);
const READ_COUNT = 1_000;
const READ_MS = 5_000;

const users = new Map<string, User>();
const userOf = (name: string): User => {
  let user = users.get(name);
  if (user === undefined) {
    user = { poll: undefined, timer: undefined, socket: undefined, waiting: [] };
    users.set(name, user);
  }
  return user;
};

const answer = (user: User, poll: ServerResponse): void => {
  clearTimeout(user.timer);
  user.poll = undefined;
  const body = `[${user.waiting.join(',')}]`;
  user.waiting = [];
  poll.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  poll.end(body);
};

const push = (name: string, event: string): void => {
  const user = userOf(name);
  if (user.socket !== undefined) {
    user.socket.send(`[${event}]`);
    return;
  }
  user.waiting.push(event);
  if (user.poll !== undefined) answer(user, user.poll);
};

const server = createServer((request, response) => {
  const user = userOf((request.url ?? '').slice('/poll/'.length));
  if (user.waiting.length > 0) {
    answer(user, response);
    return;
  }
  user.poll = response;
  user.timer = setTimeout(answer, HOLD_MS, user, response);
  response.on('close', () => {
    if (user.poll !== response) return;
    clearTimeout(user.timer);
    user.poll = undefined;
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false });
sockets.on('connection', (socket, request) => {
  const user = userOf((request.url ?? '').slice('/socket/'.length));
  user.socket = socket;
  socket.on('close', () => {
    if (user.socket === socket) user.socket = undefined;
  });
});

const redis = new Redis(process.env['REDIS_URL'] ?? '');
const stream = pushStream(process.env['KEY_PREFIX'] ?? '');
const read = async (after: string): Promise<void> => {
  for (let last = after; ;) {
    const found = await redis.xread('COUNT', READ_COUNT, 'BLOCK', READ_MS, 'STREAMS', stream, last);
    for (const [id, [, name = '', , event = '']] of found?.[0]?.[1] ?? []) {
      push(name, event);
      last = id;
    }
  }
};
void read('0');

server.listen(0, '127.0.0.1', () => {
  report({ port: (server.address() as AddressInfo).port, ids: [] });
});
