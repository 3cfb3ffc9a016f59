import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { exportPKCS8, generateKeyPair, type CryptoKey, jwtVerify } from 'jose';

/** A push as it arrived. */
export interface ArrivedAlert {
  readonly deviceId: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly aps: { readonly alert: { readonly title: string; readonly body: string } };
    readonly message: string;
  };
}

/** What the stand-in does with the next push. */
export type ApnsBehaviour =
  | { readonly status: number; readonly reason?: string; readonly retryAfter?: string }
  | 'silence'
  | 'hang-up'
  | 'garbage';

const TEAM = 'TEAM123456';
const KEY_ID = 'KEY1234567';
const TOPIC = 'com.example.chat';

/** Apple's push service on loopback: HTTP/2 without TLS, tokens checked. */
export class ApnsStandIn {
  readonly arrived: ArrivedAlert[] = [];
  sessions = 0;
  private readonly plan: ApnsBehaviour[] = [];

  private constructor(
    private readonly server: Http2Server,
    private readonly publicKey: CryptoKey,
    readonly key: string,
  ) {}

  static async start(): Promise<ApnsStandIn> {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const server = createServer();
    const standIn = new ApnsStandIn(server, publicKey, await exportPKCS8(privateKey));
    server.on('session', () => (standIn.sessions += 1));
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      void standIn.take(stream, headers);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Options of a push file that lead here. @param keyFile - where the test has put `key` */
  options(keyFile: string): Readonly<Record<string, string>> {
    return {
      'apple.keyFile': keyFile,
      'apple.keyId': KEY_ID,
      'apple.teamId': TEAM,
      'apple.topic': TOPIC,
      'apple.url': this.url,
      'apple.title': 'Chat',
    };
  }

  /** What the next pushes meet, one after the other; then all is well again. */
  next(...behaviours: readonly ApnsBehaviour[]): void {
    this.plan.push(...behaviours);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const session of this.open) session.destroy();
    await closed;
  }

  private readonly open = new Set<{ destroy(): void }>();

  private async take(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    if (stream.session !== undefined) this.open.add(stream.session);
    let text = '';
    for await (const part of stream.setEncoding('utf8')) text += String(part);
    const behaviour = this.plan.shift() ?? { status: 200 };
    if (behaviour === 'silence') return;
    if (behaviour === 'hang-up') {
      stream.session?.destroy();
      return;
    }
    if (behaviour === 'garbage') {
      stream.respond({ ':status': 503 });
      stream.end('<html>{{{');
      return;
    }
    const answer = (status: number, reason?: string, retryAfter?: string): void => {
      stream.respond({ ':status': status, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) });
      stream.end(reason === undefined ? '' : JSON.stringify({ reason }));
    };
    if (!(await this.isTokenGood(headers.authorization))) {
      answer(403, 'InvalidProviderToken');
    } else if (headers['apns-topic'] !== TOPIC) {
      answer(400, 'BadTopic');
    } else if (behaviour.status === 200) {
      const deviceId = decodeURIComponent((headers[':path'] ?? '').replace('/3/device/', ''));
      this.arrived.push({ deviceId, headers, body: JSON.parse(text) as ArrivedAlert['body'] });
      answer(200);
    } else {
      answer(behaviour.status, behaviour.reason, behaviour.retryAfter);
    }
  }

  private async isTokenGood(authorization = ''): Promise<boolean> {
    try {
      const { payload, protectedHeader } = await jwtVerify(authorization.replace(/^bearer /, ''), this.publicKey, {
        algorithms: ['ES256'],
        issuer: TEAM,
      });
      return protectedHeader.kid === KEY_ID && payload.exp === undefined && typeof payload.iat === 'number';
    } catch {
      return false;
    }
  }
}
