import { connect, type Socket } from 'node:net';
import { FrameReader, textFrame } from './websocket-frames.js';

const KEY = 'MDEyMzQ1Njc4OWFiY2RlZg==';
const HEAD_END = '\r\n\r\n';

/** A websocket, raw: text frames out and in, pings answered. */
export class SocketChannel {
  private readonly frames = new FrameReader();
  private head: Buffer | undefined = Buffer.alloc(0);
  private opened: (() => void) | undefined;
  private failed: ((error: Error) => void) | undefined;
  private answer: ((text: Buffer) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly onText: (text: Buffer) => void,
    private readonly onBroken: (error: Error) => void,
  ) {
    socket.on('data', (chunk) => {
      this.take(chunk);
    });
    const broken = (error: Error): void => {
      (this.failed ?? onBroken)(error);
    };
    socket.on('error', broken);
    socket.on('close', () => {
      broken(new Error('the server closed a websocket'));
    });
  }

  /**
   * Resolves when the server has agreed.
   * @param headers - more lines of the request's head, each with its line end
   */
  static open(
    port: number,
    path: string,
    headers: string,
    onText: (text: Buffer) => void,
    onBroken: (error: Error) => void,
  ): Promise<SocketChannel> {
    return new Promise((resolve, reject) => {
      const channel: SocketChannel = new SocketChannel(
        connect({ port, host: '127.0.0.1', noDelay: true }),
        onText,
        onBroken,
      );
      channel.failed = reject;
      channel.opened = () => {
        channel.failed = undefined;
        resolve(channel);
      };
      channel.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n${headers}\r\n`,
      );
    });
  }

  send(text: string): void {
    this.socket.write(textFrame(text));
  }

  /** Waits for the next text, which `onText` does not hear of; sends one first when there is one to send. */
  ask(text?: string): Promise<string> {
    return new Promise((resolve) => {
      this.answer = (data) => {
        this.answer = undefined;
        resolve(data.toString());
      };
      if (text !== undefined) this.send(text);
    });
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    try {
      if (this.head === undefined) this.read(chunk);
      else this.readHead(Buffer.concat([this.head, chunk]));
    } catch (error) {
      (this.failed ?? this.onBroken)(error as Error);
    }
  }

  private readHead(head: Buffer): void {
    this.head = head;
    const end = head.indexOf(HEAD_END);
    if (end < 0) return;
    const status = head.toString('latin1', 'HTTP/1.1 '.length, 'HTTP/1.1 101'.length);
    if (status !== '101') throw new Error(`expected a websocket, got ${status}`);
    this.head = undefined;
    this.opened?.();
    // Whoever waits for the opening says what the first text means.
    const rest = head.subarray(end + HEAD_END.length);
    if (rest.length > 0) {
      setImmediate(() => {
        this.read(rest);
      });
    }
  }

  private read(chunk: Buffer): void {
    this.frames.take(
      chunk,
      (text) => {
        (this.answer ?? this.onText)(text);
      },
      (pong) => {
        this.socket.write(pong);
      },
    );
  }
}
