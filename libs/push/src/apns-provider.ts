import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { importPKCS8, SignJWT } from 'jose';
import { retryAfterMs } from './backoff.js';
import { fitted } from './payload-size.js';
import { DELIVERED, messageText, type Push, type PushProvider, type PushResult } from './push.js';

export interface ApnsOptions {
  /** @defaultValue https://api.push.apple.com; the debug twin: https://api.sandbox.push.apple.com */
  readonly url: string;
  /** PEM of a certificate authority to trust instead of the usual ones. */
  readonly ca: string | undefined;
  /** PEM of the signing key (.p8). */
  readonly key: string;
  readonly keyId: string;
  readonly teamId: string;
  /** The bundle id of the application. */
  readonly topic: string;
  readonly title: string;
  /** Undefined: the text of the push. */
  readonly body: string | undefined;
}

/** Apple takes a token for 20 to 60 minutes. */
const TOKEN_MS = 40 * 60_000;
/** Who signs anew more often is answered TooManyProviderTokenUpdates, for all devices. */
const TOKEN_MIN_MS = 20 * 60_000;
/** How long one push may take, in milliseconds. */
const TIME_MS = 3_000;
/** An hour: who is away longer is not helped by a push of then. */
const LIVES_S = 3_600;
const REPLY_MAX_BYTES = 65_536;

/** Reasons after which the device is forgotten. @see Apple, Handling notification responses from APNs */
const GONE = new Set(['BadDeviceToken', 'Unregistered', 'ExpiredToken']);
/** Reasons for which a new token of ours helps. */
const STALE = new Set(['ExpiredProviderToken', 'InvalidProviderToken']);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly reason: string | undefined;
}

/** Apple Push Notification service: HTTP/2, one connection that is kept, tokens instead of certificates. */
export class ApnsProvider implements PushProvider {
  private session: ClientHttp2Session | undefined;
  private token: { readonly text: Promise<string>; readonly sinceMs: number } | undefined;

  constructor(
    private readonly options: ApnsOptions,
    private readonly nowMs: () => number = Date.now,
    private readonly timeMs = TIME_MS,
  ) {}

  async send(push: Push): Promise<PushResult> {
    let answer: Answer;
    try {
      answer = await this.ask(push, await this.ownToken());
    } catch (error) {
      return { outcome: 'retry', reason: reasonOf(error) };
    }
    return this.judge(answer);
  }

  close(): void {
    this.session?.destroy();
    this.session = undefined;
  }

  private judge({ status, headers, reason = `status ${status}` }: Answer): PushResult {
    if (status === 200) return DELIVERED;
    if (status === 410 || GONE.has(reason)) return { outcome: 'gone' };
    if (STALE.has(reason)) {
      // All that were on their way with it say so: the first of them has it replaced.
      if (this.token !== undefined && this.nowMs() - this.token.sinceMs >= TOKEN_MIN_MS) this.token = undefined;
      return { outcome: 'retry', reason };
    }
    if (status !== 429 && status < 500) return { outcome: 'refused', reason };
    const header = headers['retry-after'];
    const afterMs = retryAfterMs(typeof header === 'string' ? header : undefined, this.nowMs());
    return { outcome: 'retry', reason, ...(afterMs === undefined ? {} : { afterMs }) };
  }

  private ask(push: Push, token: string): Promise<Answer> {
    const { topic, title, body: alert } = this.options;
    const payload = fitted(push, (each) =>
      JSON.stringify({
        aps: { alert: { title, body: alert ?? each.text }, sound: 'default' },
        message: messageText(each),
      }),
    );
    return new Promise((resolve, reject) => {
      const session = this.connected();
      const stream = session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: `/3/device/${encodeURIComponent(push.deviceId)}`,
        authorization: `bearer ${token}`,
        'apns-topic': topic,
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(Math.floor(this.nowMs() / 1_000) + LIVES_S),
        'apns-collapse-id': push.collapseId,
      });
      // Of the whole push: an idle limit would wait for ever for who sends a byte now and then.
      const timer = setTimeout(() => {
        reject(new Error('no answer in time'));
        // A connection that is dead without saying so would swallow all that follow.
        session.destroy();
      }, this.timeMs);
      let headers: IncomingHttpHeaders = {};
      let text = '';
      stream.on('response', (received) => {
        headers = received;
      });
      stream.setEncoding('utf8').on('data', (part: string) => {
        if (text.length < REPLY_MAX_BYTES) text += part;
      });
      stream.on('error', reject);
      stream.on('close', () => {
        clearTimeout(timer);
        reject(new Error('the connection closed'));
      });
      stream.on('end', () => {
        const status = Number(headers[constants.HTTP2_HEADER_STATUS] ?? 0);
        if (status === 0) reject(new Error('the connection closed'));
        else resolve({ status, headers, reason: reasonIn(text) });
      });
      stream.end(payload);
    });
  }

  private connected(): ClientHttp2Session {
    const { session: known } = this;
    if (known !== undefined && !known.closed && !known.destroyed) return known;
    const { url, ca } = this.options;
    const session = connect(url, ca === undefined ? {} : { ca });
    const forget = (): void => {
      if (this.session === session) this.session = undefined;
    };
    session.on('error', forget);
    session.on('goaway', () => {
      forget();
      session.close();
    });
    session.on('close', forget);
    // Nobody has to wait for a connection that only waits itself.
    session.unref();
    this.session = session;
    return session;
  }

  private ownToken(): Promise<string> {
    const nowMs = this.nowMs();
    if (this.token === undefined || nowMs - this.token.sinceMs > TOKEN_MS) {
      this.token = { text: this.sign(nowMs), sinceMs: nowMs };
    }
    return this.token.text;
  }

  private async sign(nowMs: number): Promise<string> {
    const { key, keyId, teamId } = this.options;
    return new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setIssuedAt(Math.floor(nowMs / 1_000))
      .sign(await importPKCS8(key, 'ES256'));
  }
}

const reasonIn = (text: string): string | undefined => {
  try {
    const { reason } = JSON.parse(text) as { readonly reason?: unknown };
    return typeof reason === 'string' && /^\w{1,64}$/.test(reason) ? reason : undefined;
  } catch {
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return typeof code === 'string' ? code : typeof message === 'string' ? message : 'the call failed';
};
