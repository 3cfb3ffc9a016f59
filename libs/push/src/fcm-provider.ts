import { importPKCS8, SignJWT } from 'jose';
import { retryAfterMs } from './backoff.js';
import { failureOf, resultOf } from './http-result.js';
import { fitted } from './payload-size.js';
import { messageText, type Push, type PushProvider, type PushResult } from './push.js';
import type { SafeHttp, SafeReply } from './safe-http.js';

/** The part of a service account's file that is needed. */
export interface ServiceAccount {
  readonly project_id: string;
  readonly client_email: string;
  /** PEM. */
  readonly private_key: string;
  readonly token_uri: string;
}

export interface FcmOptions {
  readonly account: ServiceAccount;
  /** Of the API, without a path. @defaultValue https://fcm.googleapis.com */
  readonly url: string;
  readonly title: string;
  /** Undefined: the text of the push. */
  readonly body: string | undefined;
}

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** An assertion is good for an hour at most. */
const ASSERTION_S = 3_600;
/** An access token is renewed so long before it ends, in milliseconds. */
const RENEW_MS = 60_000;

interface AccessToken {
  readonly text: string;
  readonly untilMs: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Of what should be an object: its fields; of anything else: none. */
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});

const answerOf = (text: string): Fields => {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
};

/** A code as Google has them. Other words may repeat what was sent, and reasons are logged. */
const isCode = (value: unknown): value is string => typeof value === 'string' && /^[A-Z][A-Z_]{1,63}$/.test(value);

/** The code of a fault: FCM's own, else the status of all of Google's APIs. */
const codeIn = (text: string): string | undefined => {
  const { status, details } = fieldsOf(answerOf(text)['error']);
  const own = (Array.isArray(details) ? details : []).map((detail) => fieldsOf(detail)['errorCode']).find(isCode);
  return own ?? (isCode(status) ? status : undefined);
};

/** Firebase Cloud Messaging by its HTTP v1 API. */
export class FcmProvider implements PushProvider {
  private token: Promise<AccessToken> | undefined;

  constructor(
    private readonly http: SafeHttp,
    private readonly options: FcmOptions,
    private readonly nowMs: () => number = Date.now,
  ) {}

  async send(push: Push): Promise<PushResult> {
    const { url, account, title, body } = this.options;
    try {
      const token = await this.accessToken();
      if (typeof token !== 'string') return token;
      const reply = await this.http.post(new URL(`/v1/projects/${account.project_id}/messages:send`, url), {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: fitted(push, (each) =>
          JSON.stringify({
            message: {
              token: push.deviceId,
              notification: { title, body: body ?? each.text },
              data: { message: messageText(each) },
              android: { collapse_key: push.collapseId, priority: 'HIGH' },
            },
          }),
        ),
      });
      return this.judge(reply);
    } catch (error) {
      return failureOf(error);
    }
  }

  close(): void {
    this.token = undefined;
  }

  private judge(reply: SafeReply): PushResult {
    const code = codeIn(reply.text);
    // A 404 without Google's words comes from a wrong address, and would have every device forgotten.
    if (code === 'UNREGISTERED' || (reply.status === 404 && code === 'NOT_FOUND')) return { outcome: 'gone' };
    // The token was withdrawn: the next try gets a new one.
    if (reply.status === 401) {
      this.token = undefined;
      return { outcome: 'retry', reason: 'the access token was refused' };
    }
    const result = resultOf(reply, (status) => status === 200);
    return 'reason' in result && code !== undefined ? { ...result, reason: code } : result;
  }

  /** A token, or why there is none. */
  private async accessToken(): Promise<string | PushResult> {
    const current = this.token;
    if (current !== undefined) {
      const known = await current.catch(() => undefined);
      if (known !== undefined && known.untilMs - RENEW_MS > this.nowMs()) return known.text;
      if (this.token === current) this.token = undefined;
    }
    // Who comes meanwhile waits for the same one.
    this.token ??= this.fetchToken();
    try {
      return (await this.token).text;
    } catch (error) {
      this.token = undefined;
      if (error instanceof TokenRefused) return error.result;
      throw error;
    }
  }

  private async fetchToken(): Promise<AccessToken> {
    const { client_email: issuer, private_key: key, token_uri: uri } = this.options.account;
    const nowS = Math.floor(this.nowMs() / 1_000);
    const assertion = await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(uri)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ASSERTION_S)
      .sign(await importPKCS8(key, 'RS256'));
    const reply = await this.http.post(new URL(uri), {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ grant_type: GRANT, assertion }).toString(),
    });
    if (reply.status !== 200) throw new TokenRefused(reply);
    const { access_token: text, expires_in: forS } = answerOf(reply.text);
    if (typeof text !== 'string') throw new TokenRefused({ ...reply, status: 502 });
    return { text, untilMs: this.nowMs() + (typeof forS === 'number' ? forS : 300) * 1_000 };
  }
}

class TokenRefused extends Error {
  readonly result: PushResult;

  constructor({ status, headers }: SafeReply) {
    super('no access token');
    const afterMs = retryAfterMs(headers['retry-after'], Date.now());
    // A wrong account does not mend itself, but whoever mends it need not push again.
    this.result = {
      outcome: 'retry',
      reason: `no access token: status ${status}`,
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  }
}
