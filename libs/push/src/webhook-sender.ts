import { createHmac } from 'node:crypto';
import { failureOf, resultOf } from './http-result.js';
import type { PushResult } from './push.js';
import type { SafeHttp } from './safe-http.js';

/** An event on its way to somebody else's server. */
export interface Webhook {
  readonly url: URL;
  readonly secret: string;
  /** The same at every try: receivers tell repeats by it. */
  readonly id: string;
  /** When this try is made, seconds since the epoch: receivers refuse what is old. */
  readonly timestampS: number;
  /** JSON. */
  readonly body: string;
}

/** A secret as the libraries of Standard Webhooks have it is base64 after `whsec_`; any other is taken as it is. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);

/** `v1,<base64 HMAC-SHA256 of "id.timestamp.body">`. @see Standard Webhooks, signature scheme */
export const webhookSignature = ({ secret, id, timestampS, body }: Omit<Webhook, 'url'>): string =>
  `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${timestampS}.${body}`).digest('base64')}`;

/** Sends signed webhooks. */
export class WebhookSender {
  constructor(private readonly http: SafeHttp) {}

  /** Any 2xx counts. Never throws: what goes wrong is a result. */
  async send(webhook: Webhook): Promise<PushResult> {
    const { url, id, timestampS, body } = webhook;
    try {
      const reply = await this.http.post(url, {
        headers: {
          'content-type': 'application/json;charset=UTF-8',
          'webhook-id': id,
          'webhook-timestamp': String(timestampS),
          'webhook-signature': webhookSignature(webhook),
        },
        body,
      });
      return resultOf(reply, (status) => status >= 200 && status < 300);
    } catch (error) {
      return failureOf(error);
    }
  }
}
