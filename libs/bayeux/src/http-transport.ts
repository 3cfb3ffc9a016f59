import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BayeuxPeer } from './engine.js';
import type { Hold } from './hold.js';
import { jsonOfBody, jsonPOfQuery, jsonPText, readBody } from './http-body.js';
import { type BayeuxMessage, readMessages } from './message.js';
import type { BayeuxOptions, ConnectionType } from './options.js';
import { type Answer, type BayeuxProtocol, type Carrier, isLoneConnect } from './protocol.js';
import { BayeuxRequestError, REQUEST_STATUS } from './request-error.js';

/** What the listener knows of a request already. */
export interface HttpExchange {
  readonly peer: BayeuxPeer;
  /** The body when it has been read already; else it is read here, up to the limit. */
  readonly body?: Buffer | undefined;
}

interface Requested {
  readonly messages: readonly BayeuxMessage[];
  /** The function of a JSON-P request. */
  readonly functionName: string | undefined;
}

const JSON_TYPE = 'application/json;charset=UTF-8';
const SCRIPT_TYPE = 'text/javascript;charset=UTF-8';
/** Seconds for `Retry-After`. */
const RETRY_AFTER_S = 1;

/** One connect over HTTP. */
class HttpCarrier implements Carrier {
  constructor(
    private readonly transport: HttpTransport,
    private readonly response: ServerResponse,
    private readonly functionName: string | undefined,
  ) {}

  get connectionType(): ConnectionType {
    return typeOf(this.functionName);
  }

  attach(hold: Hold): void {
    // What the request said is of no more use, and there may be many thousands of them.
    const { req: request } = this.response;
    request.headers = {};
    request.rawHeaders.length = 0;
    this.response.on('close', () => {
      hold.end('gone');
    });
    if (this.response.destroyed) hold.end('gone');
  }

  answered(answer: Answer): void {
    this.transport.write(this.response, answer, this.functionName);
  }

  failed(error: unknown): void {
    this.transport.refuse(this.response, error);
  }
}

const typeOf = (functionName: string | undefined): ConnectionType =>
  functionName === undefined ? 'long-polling' : 'callback-polling';

/** Long-polling and callback-polling over any HTTP listener. */
export class HttpTransport {
  private requests = 0;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly protocol: BayeuxProtocol,
    private readonly options: BayeuxOptions,
  ) {}

  /** Answers a request, whatever it is, at its time; headers that are set on the response already stay. */
  async handle(request: IncomingMessage, response: ServerResponse, { peer, body }: HttpExchange): Promise<void> {
    this.requests += 1;
    try {
      const { messages, functionName } = await this.read(request, body);
      const [first] = messages;
      if (first !== undefined && isLoneConnect(messages)) {
        void this.protocol.connect(first, peer, new HttpCarrier(this, response, functionName));
      } else {
        this.write(response, await this.protocol.answer(messages, peer, typeOf(functionName)), functionName);
      }
    } catch (error) {
      this.refuse(response, error);
    }
  }

  /** Resolves when no request waits for its answer. */
  async drain(): Promise<void> {
    if (this.requests === 0) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
    });
  }

  write(response: ServerResponse, answer: Answer, functionName: string | undefined): void {
    const { supersededStatus } = this.options;
    if (answer.unacknowledged.length > 0) {
      response.once('finish', () => {
        this.protocol.reportWritten(answer.unacknowledged);
      });
    }
    // A gateway that goes wants no more requests on this connection.
    const headers: Record<string, string> = this.protocol.isDraining ? { Connection: 'close' } : {};
    if (answer.isSuperseded && supersededStatus !== 200) this.send(response, supersededStatus, JSON_TYPE, '', headers);
    else if (functionName === undefined) this.send(response, 200, JSON_TYPE, answer.text, headers);
    else {
      headers['X-Content-Type-Options'] = 'nosniff';
      this.send(response, 200, SCRIPT_TYPE, jsonPText(functionName, answer.text), headers);
    }
  }

  refuse(response: ServerResponse, error: unknown): void {
    if (!(error instanceof BayeuxRequestError)) {
      this.options.onFailure(error);
      this.send(response, 503, JSON_TYPE, '', { 'Retry-After': String(RETRY_AFTER_S) });
      return;
    }
    const { kind, message } = error;
    this.send(response, REQUEST_STATUS[kind], JSON_TYPE, JSON.stringify({ message, exception: kind }), {
      ...(kind === 'method-not-allowed' ? { Allow: this.methods } : {}),
      // What is left of a body that nobody reads must not be taken for the next request.
      ...(response.req.complete ? {} : { Connection: 'close' }),
    });
  }

  private async read(request: IncomingMessage, body: Buffer | undefined): Promise<Requested> {
    const { limits } = this.options;
    let json: string;
    let functionName: string | undefined;
    if (request.method === 'POST') {
      const bytes = body ?? (await readBody(request, limits.bodyBytes));
      json = jsonOfBody(bytes, request.headers['content-type'], limits.bodyBytes);
    } else if (request.method === 'GET' && this.options.connectionTypes.includes('callback-polling')) {
      ({ json, functionName } = jsonPOfQuery(request.url ?? '', limits.bodyBytes));
    } else {
      throw new BayeuxRequestError(
        'method-not-allowed',
        `expected ${this.methods}, got ${request.method ?? 'nothing'}`,
      );
    }
    const messages = readMessages(json, limits);
    if (messages.length === 0) throw new BayeuxRequestError('malformed', 'expected at least one message');
    return { messages, functionName };
  }

  private send(
    response: ServerResponse,
    status: number,
    type: string,
    text: string,
    headers: Readonly<Record<string, string>>,
  ): void {
    if (!response.destroyed && !response.headersSent) {
      response.writeHead(status, {
        'Content-Type': type,
        'Content-Length': Buffer.byteLength(text),
        Pragma: 'no-cache',
        'Cache-Control': 'no-cache, no-store',
        ...headers,
      });
      response.end(text);
    }
    this.requests -= 1;
    if (this.requests === 0) this.onIdle?.();
  }

  private get methods(): string {
    return this.options.connectionTypes.includes('callback-polling') ? 'GET, POST' : 'POST';
  }
}
