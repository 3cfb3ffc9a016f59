import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair, type CryptoKey, jwtVerify } from 'jose';

export interface ArrivedCall {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What the stand-in does with the next call. */
export type HttpBehaviour =
  | {
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'silence'
  | 'hang-up';

/** A server of others, on loopback: it notes what comes, and does as it is told. */
export class HttpStandIn {
  readonly arrived: ArrivedCall[] = [];
  protected readonly plan: HttpBehaviour[] = [];

  protected constructor(private readonly server: Server) {}

  static async start(): Promise<HttpStandIn> {
    const server = createServer();
    const standIn = new HttpStandIn(server);
    await standIn.open();
    return standIn;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  next(...behaviours: readonly HttpBehaviour[]): void {
    this.plan.push(...behaviours);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  protected async open(): Promise<void> {
    this.server.on('request', (request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        const call = { path: request.url ?? '', headers: request.headers, text };
        this.arrived.push(call);
        void this.take(call, response);
      });
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  protected take(_call: ArrivedCall, response: ServerResponse): void | Promise<void> {
    this.answer(this.plan.shift() ?? { status: 200 }, response);
  }

  protected answer(behaviour: HttpBehaviour, response: ServerResponse): void {
    if (behaviour === 'silence') return;
    if (behaviour === 'hang-up') {
      response.destroy();
      return;
    }
    response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body ?? '');
  }
}

const EMAIL = 'pusher@example.iam.test';
const PROJECT = 'demo-project';
const TOKEN_PATH = '/token';

/** Google's token endpoint and its push service in one, on loopback: assertions and tokens are checked. */
export class FcmStandIn extends HttpStandIn {
  /** Tokens that were given out. */
  tokens = 0;
  private validToken = '';

  private constructor(
    server: Server,
    private readonly publicKey: CryptoKey,
    private readonly key: string,
  ) {
    super(server);
  }

  static override async start(): Promise<FcmStandIn> {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const standIn = new FcmStandIn(createServer(), publicKey, await exportPKCS8(privateKey));
    await standIn.open();
    return standIn;
  }

  /** The service account's file. */
  get account(): string {
    return JSON.stringify({
      project_id: PROJECT,
      client_email: EMAIL,
      private_key: this.key,
      token_uri: this.url + TOKEN_PATH,
    });
  }

  /** Messages that were taken. */
  get messages(): readonly {
    readonly token: string;
    readonly notification: { readonly title: string; readonly body: string };
    readonly data: { readonly message: string };
    readonly android: { readonly collapse_key: string };
  }[] {
    return this.arrived
      .filter(({ path }) => path !== TOKEN_PATH)
      .map(({ text }) => (JSON.parse(text) as { readonly message: never }).message);
  }

  /** The token that was given out is good no more. */
  withdrawToken(): void {
    this.validToken = 'none';
  }

  protected override async take(call: ArrivedCall, response: ServerResponse): Promise<void> {
    if (call.path === TOKEN_PATH) {
      await this.giveToken(call, response);
    } else if (call.path !== `/v1/projects/${PROJECT}/messages:send`) {
      this.answer({ status: 404 }, response);
    } else if (call.headers.authorization !== `Bearer ${this.validToken}`) {
      this.arrived.pop();
      this.answer({ status: 401, body: '{"error":{"status":"UNAUTHENTICATED"}}' }, response);
    } else {
      const behaviour = this.plan.shift() ?? { status: 200, body: '{"name":"m1"}' };
      const isTaken = typeof behaviour !== 'string' && behaviour.status === 200;
      if (!isTaken) this.arrived.pop();
      this.answer(behaviour, response);
    }
  }

  private async giveToken({ text }: ArrivedCall, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(text);
    try {
      await jwtVerify(form.get('assertion') ?? '', this.publicKey, {
        algorithms: ['RS256'],
        issuer: EMAIL,
        audience: this.url + TOKEN_PATH,
        requiredClaims: ['scope', 'exp'],
      });
      this.tokens += 1;
      this.validToken = `token-${this.tokens}`;
      const body = JSON.stringify({ access_token: this.validToken, expires_in: 3_600 });
      this.answer({ status: 200, body, headers: { 'content-type': 'application/json' } }, response);
    } catch {
      this.answer({ status: 400, body: '{"error":"invalid_grant"}' }, response);
    }
  }
}
