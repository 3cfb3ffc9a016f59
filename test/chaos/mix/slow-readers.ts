import { connect, type Socket } from 'node:net';
import { chatPath } from './chat-path.js';

/** Requests that one of them sends ahead. */
const REQUESTS = 50;
const BYTES_PER_S = 1_000;

/** Connections that ask for a whole transcript many times and read next to nothing. */
export class SlowReaders {
  private readonly sockets: Socket[] = [];
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(origin: string, serviceId: string, user: string, count: number) {
    const { hostname, port } = new URL(origin);
    const form = 'transcriptPosition=1';
    const request = [
      `POST ${chatPath(serviceId, 'refresh')} HTTP/1.1`,
      `Host: ${hostname}`,
      `gms_user: ${user}`,
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${form.length}`,
      '',
      form,
    ].join('\r\n');
    for (let index = 0; index < count; index += 1) {
      // Half of them read nothing at all.
      const socket = connect({ port: Number(port), host: hostname });
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(request.repeat(REQUESTS));
      if (index % 2 === 0) this.timers.push(setInterval(() => void socket.read(BYTES_PER_S), 1_000));
      this.sockets.push(socket);
    }
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const socket of this.sockets) socket.destroy();
  }
}
