import { barePolling, bareSocket, cursorPolling, cursorSocket } from './bare-clients.js';
import { FAYE, PARLEY } from './bayeux.js';
import { bayeuxPolling, bayeuxSocket } from './bayeux-clients.js';
import type { Dialect, OpenClient, Transport } from './push-client.js';
import { socketIoPolling, socketIoSocket } from './socket-io-clients.js';

const CLIENTS: Readonly<Record<Dialect, Readonly<Record<Transport, OpenClient>>>> = {
  parley: { 'long-polling': bayeuxPolling(PARLEY), websocket: bayeuxSocket(PARLEY) },
  faye: { 'long-polling': bayeuxPolling(FAYE), websocket: bayeuxSocket(FAYE) },
  'socket.io': { 'long-polling': socketIoPolling, websocket: socketIoSocket },
  bare: { 'long-polling': barePolling, websocket: bareSocket },
  'bare-cursors': { 'long-polling': cursorPolling, websocket: cursorSocket },
};

/** The client that speaks a dialect over a transport. */
export const clientOf = (dialect: Dialect, transport: Transport): OpenClient => CLIENTS[dialect][transport];
