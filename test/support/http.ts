import { randomBytes } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

type Fields = Readonly<Record<string, string>>;

/** One part of a multipart body; with a file name it is a file. */
export interface Part {
  readonly name: string;
  readonly value: string | Buffer;
  readonly fileName?: string;
  readonly contentType?: string;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: Fields;
  /** Sent as `application/json`. */
  readonly json?: unknown;
  /** Sent as `multipart/form-data`. */
  readonly multipart?: readonly Part[];
  /** Sent as it is; its Content-Type comes from `headers`. */
  readonly body?: string | Buffer;
  /** Milliseconds until the request fails. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** The body as JSON. @throws SyntaxError naming the body */
  readonly json: () => unknown;
}

const REPLY_LIMIT_MS = 10_000;
/** Between two tries of a probe, so that waiting does not slow down what is waited for. */
const PROBE_PAUSE_MS = 20;

const multipartBody = (parts: readonly Part[], boundary: string): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, value, fileName, contentType }) => [
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${
          fileName === undefined ? '' : `; filename="${fileName}"`
        }${contentType === undefined ? '' : `\r\nContent-Type: ${contentType}`}\r\n\r\n`,
      ),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);

const encoded = ({ form, json, multipart, body }: RequestOptions): { type?: string; bytes: Buffer } => {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', bytes: Buffer.from(new URLSearchParams(form).toString()) };
  }
  if (json !== undefined) return { type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) };
  if (multipart !== undefined) {
    const boundary = `part-${randomBytes(8).toString('hex')}`;
    return { type: `multipart/form-data; boundary=${boundary}`, bytes: multipartBody(multipart, boundary) };
  }
  return { bytes: Buffer.from(body ?? '') };
};

/** A keep-alive client of one server: what was sent is what stands in the test, what came back is all there. */
export class HttpClient {
  private readonly agent = new Agent({ keepAlive: true });

  /** @param origin - without a path; a function where it is known only later */
  constructor(private readonly origin: string | (() => string)) {}

  get url(): string {
    return typeof this.origin === 'string' ? this.origin : this.origin();
  }

  /** Sends a request; the path goes out exactly as written. */
  request(method: string, path: string, options: RequestOptions = {}): Promise<HttpReply> {
    const { type, bytes } = encoded(options);
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          agent: this.agent,
          hostname,
          port,
          method,
          path,
          headers: {
            ...(type === undefined ? {} : { 'Content-Type': type }),
            ...(bytes.length > 0 || method !== 'GET' ? { 'Content-Length': String(bytes.length) } : {}),
            ...(options.headers as Record<string, string | string[]> | undefined),
          },
          signal: AbortSignal.timeout(options.timeoutMs ?? REPLY_LIMIT_MS),
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const body = Buffer.concat(parts);
            const text = body.toString('utf8');
            resolve({
              status: incoming.statusCode ?? 0,
              headers: incoming.headers,
              body,
              text,
              json: () => {
                try {
                  return JSON.parse(text) as unknown;
                } catch (error) {
                  throw new SyntaxError(`${method} ${path} answered ${incoming.statusCode} with no JSON: ${text}`, {
                    cause: error,
                  });
                }
              },
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
  }

  get(path: string, options?: RequestOptions): Promise<HttpReply> {
    return this.request('GET', path, options);
  }

  post(path: string, options?: RequestOptions): Promise<HttpReply> {
    return this.request('POST', path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<HttpReply> {
    return this.request('DELETE', path, options);
  }

  close(): void {
    this.agent.destroy();
  }
}

/** What came over a socket of its own, for requests that no well-behaved client would send. */
export interface RawReply {
  /** Status codes of all responses on the connection, in order. */
  readonly statuses: readonly number[];
  /** Everything received. */
  readonly text: string;
  /** The server closed the connection (true), or was still holding it when the limit came. */
  readonly isClosed: boolean;
}

export interface RawOptions {
  /** Closes our side after the bytes are sent. @defaultValue false */
  readonly halfClose?: boolean;
  /** Milliseconds of silence after which the reply counts as whole. @defaultValue 250 */
  readonly quietMs?: number;
  /** Milliseconds until the first byte. @defaultValue 10000 */
  readonly limitMs?: number;
}

/** Sends bytes over a socket of their own and collects what comes back until the server closes or falls silent. */
export const sendRaw = (url: string, bytes: string | Buffer, options: RawOptions = {}): Promise<RawReply> => {
  const { halfClose = false, quietMs = 250, limitMs = REPLY_LIMIT_MS } = options;
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(port), hostname);
    const finish = (isClosed: boolean): void => {
      socket.destroy();
      const text = Buffer.concat(parts).toString('utf8');
      const statuses = [...text.matchAll(/(?:^|[\r\n}])HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
      resolve({ statuses, text, isClosed });
    };
    socket.setTimeout(limitMs, () => {
      finish(false);
    });
    socket.on('connect', () => {
      // latin1 keeps every byte of a string as it stands.
      const raw = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      if (halfClose) socket.end(raw);
      else socket.write(raw);
    });
    socket.on('data', (part) => {
      parts.push(part);
      socket.setTimeout(quietMs);
    });
    socket.on('close', () => {
      finish(true);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that refuses a request may close before it has read all of it.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish(true);
      else reject(error);
    });
  });
};

/**
 * Asks until the answer is neither undefined nor false, and gives it back.
 * @param what - completes "waited in vain for …"
 * @param probe - looks, or asks with a real request, again and again; what it throws ends the wait
 * @param limitMs - milliseconds; 20000 by default
 * @param everyMs - milliseconds between two tries; more than the default only where asking changes the answer
 */
export const waitFor = async <T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs = 20_000,
  everyMs = PROBE_PAUSE_MS,
): Promise<T> => {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
    await pause(everyMs);
  }
};
