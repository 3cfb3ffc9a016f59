import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, createServer as createListener } from 'node:net';
import { createInterface } from 'node:readline';
import { eventOf } from '../writers/message-sink.js';

interface Faye {
  readonly NodeAdapter: new (options: { readonly mount: string; readonly timeout: number }) => {
    attach(server: Server): void;
    getClient(): { publish(channel: string, data: unknown): unknown };
  };
}

const HOLD_S = Number(process.env['HOLD_MS'] ?? 55_000) / 1_000;

// faye as its documentation sets it up, with the memory engine. What comes in line by line on a second port is published
// by the client within the process.
const { NodeAdapter } = createRequire(import.meta.url)('faye') as Faye;
const bayeux = new NodeAdapter({ mount: '/bayeux', timeout: HOLD_S });
const server = createServer();
bayeux.attach(server);
const client = bayeux.getClient();

const control = createListener((socket) => {
  socket.on('error', () => socket.destroy());
  createInterface(socket).on('line', (line) => {
    const blank = line.indexOf(' ');
    client.publish(`/to/${line.slice(0, blank)}`, eventOf(line.slice(blank + 1)));
  });
});

server.listen(0, '127.0.0.1', () => {
  control.listen(0, '127.0.0.1', () => {
    const [port, controlPort] = [server, control].map((listener) => (listener.address() as AddressInfo).port);
    process.once('SIGTERM', () => process.exit(0));
    process.once('disconnect', () => process.exit(0));
    process.send?.({ port, controlPort });
  });
});
