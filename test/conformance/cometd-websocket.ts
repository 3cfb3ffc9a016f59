import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type BayeuxReply, COMETD, userHeader } from './cometd-session.js';

/** How long an answer may take, in milliseconds. */
const LIMIT_MS = 10_000;

export interface CometdSocketOptions {
  readonly user?: string | undefined;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A websocket that speaks Bayeux: what came waits until it is asked for. */
export class CometdSocket {
  private readonly frames: (readonly BayeuxReply[])[] = [];
  private wake: (() => void) | undefined;
  /** The code of the end. */
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.frames.push(JSON.parse(data.toString('utf8')) as readonly BayeuxReply[]);
      this.wake?.();
    });
    this.closed = once(socket, 'close').then(([code]) => code as number);
  }

  /** @param url - of a gateway */
  static async open(url: string, { user, path = COMETD, headers = {} }: CometdSocketOptions): Promise<CometdSocket> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, {
      headers: { ...userHeader(user), ...headers },
    });
    const wrapped = new CometdSocket(socket);
    await once(socket, 'open');
    return wrapped;
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  /** The next frame. */
  async next(): Promise<readonly BayeuxReply[]> {
    const endMs = performance.now() + LIMIT_MS;
    for (;;) {
      const frame = this.frames.shift();
      if (frame !== undefined) return frame;
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`no frame came in ${LIMIT_MS} ms`);
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, leftMs);
      });
      clearTimeout(timer);
    }
  }

  ask(message: unknown): Promise<readonly BayeuxReply[]> {
    this.send(message);
    return this.next();
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The HTTP status with which an upgrade is refused; 101 when it is not. */
export const upgradeStatus = async (
  url: string,
  { user, path = COMETD, headers = {} }: CometdSocketOptions,
): Promise<number> => {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}${path}`, {
    headers: { ...userHeader(user), ...headers },
  });
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      request.destroy();
    });
    socket.on('error', reject);
  });
};
