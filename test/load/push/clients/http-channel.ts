import { connect, type Socket } from 'node:net';
import { ReplyScanner } from '../../driver/reply-scanner.js';

/** A keep-alive HTTP/1.1 connection, one request at a time, that hands replies over whole: head and body. */
export class HttpChannel {
  private readonly scanner = new ReplyScanner();
  private parts: Buffer[] = [];
  private answer: ((reply: Buffer) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly onReply: (reply: Buffer) => void,
    private readonly onBroken: (error: Error) => void,
  ) {
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
    socket.on('error', onBroken);
    socket.on('close', () => {
      onBroken(new Error('the server closed a connection'));
    });
  }

  /** @param onReply - hears of replies to what was sent by `send` */
  static open(port: number, onReply: (reply: Buffer) => void, onBroken: (error: Error) => void): Promise<HttpChannel> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpChannel(socket, onReply, onBroken));
      });
    });
  }

  send(request: string): void {
    this.socket.write(request);
  }

  /** Sends a request and waits for its reply, which `onReply` does not hear of. */
  ask(request: string): Promise<string> {
    return new Promise((resolve) => {
      this.answer = (reply) => {
        this.answer = undefined;
        resolve(reply.toString());
      };
      this.send(request);
    });
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    try {
      this.parts.push(chunk);
      if (!this.scanner.take(chunk)) return;
    } catch (error) {
      this.onBroken(error as Error);
      return;
    }
    const whole = this.parts.length === 1 ? chunk : Buffer.concat(this.parts);
    this.parts = [];
    if (this.scanner.status !== 200) this.onBroken(new Error(`a server answered ${whole.toString().slice(0, 500)}`));
    else (this.answer ?? this.onReply)(whole);
  }
}

/** A POST of a text. */
export const postRequest = (path: string, body: string, type: string, headers = ''): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
