import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { Server } from 'socket.io';
import { report } from '../../bare-process.js';

// socket.io as its documentation sets it up with the Redis streams adapter; each user has a room.
const server = createServer();
const io = new Server(server, {
  serveClient: false,
  adapter: createAdapter(new Redis(process.env['REDIS_URL'] ?? '')),
});
io.on('connection', (socket) => {
  const { user } = socket.handshake.auth as { user: string };
  void socket.join(user);
});
server.listen(0, '127.0.0.1', () => {
  report({ port: (server.address() as AddressInfo).port, ids: [] });
});
