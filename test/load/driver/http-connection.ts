import { connect, type Socket } from 'node:net';
import { ReplyScanner } from './reply-scanner.js';

/** A keep-alive HTTP/1.1 connection that sends prebuilt requests, one at a time, and reads no more of a reply than it must. */
export class HttpConnection {
  private readonly scanner = new ReplyScanner();

  private constructor(
    private readonly socket: Socket,
    onReply: (status: number, bodyBytes: number) => void,
    onBroken: (error: Error) => void,
  ) {
    socket.on('data', (chunk) => {
      try {
        if (this.scanner.take(chunk)) onReply(this.scanner.status, this.scanner.bodyBytes);
      } catch (error) {
        onBroken(error as Error);
      }
    });
    socket.on('error', onBroken);
    socket.on('close', () => {
      onBroken(new Error('the server closed a connection'));
    });
  }

  /** Resolves when the connection stands. */
  static open(
    port: number,
    onReply: (status: number, bodyBytes: number) => void,
    onBroken: (error: Error) => void,
  ): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket, onReply, onBroken));
      });
    });
  }

  send(request: Buffer): void {
    this.socket.write(request);
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }
}
