import { setTimeout as pause } from 'node:timers/promises';
import type { ChatBody } from '../../conformance/customer.js';
import { HttpClient } from '../../support/http.js';

const SERVICE = '/genesys/1/service';
/** Between two tries of a request, in milliseconds. */
const AGAIN_MS = 50;
/** How long one try may take, in milliseconds. */
const TRY_LIMIT_MS = 10_000;
/** How long all tries of a request together may take, in milliseconds. */
const LIMIT_MS = 60_000;

/** A customer's REST side: whatever gets no 200 is asked again, in the same words and with the same `Idempotency-Key`. */
export class ChatCustomer {
  private readonly http: HttpClient;
  private serviceId_ = '';
  private sessionId_ = '';
  private keys = 0;

  /** @param url - where this user's requests go, without the path of the API */
  constructor(
    private readonly url: string,
    private readonly user: string,
  ) {
    this.http = new HttpClient(new URL(url).origin);
  }

  get serviceId(): string {
    return this.serviceId_;
  }

  get sessionId(): string {
    return this.sessionId_;
  }

  async createService(): Promise<void> {
    const { _id: id } = (await this.post(`${SERVICE}/request-chat`, {})) as { readonly _id: string };
    this.serviceId_ = id;
  }

  async startChat(): Promise<ChatBody> {
    const body = await this.chat('', { firstName: this.user, subject: 'chaos', notify_by: 'comet' });
    this.sessionId_ = body.chatSessionId;
    return body;
  }

  /** @returns the position that the reply names */
  async send(message: string): Promise<number> {
    return Number((await this.chat('/send', { message })).transcriptPosition);
  }

  async startTyping(): Promise<void> {
    await this.chat('/startTyping', {});
  }

  async end(): Promise<void> {
    await this.chat('/disconnect', {});
  }

  /**
   * Says once more what a client said when it went away, for it does not do so itself when no answer comes. Any answer
   * will do: a client that is gone already is told so.
   */
  async repeatDisconnect(clientId: string, position: number): Promise<void> {
    const message = { channel: '/meta/disconnect', clientId, ext: { transcriptPosition: String(position) } };
    await this.untilAnswered('/genesys/cometd/disconnect', { json: [message] });
  }

  close(): void {
    this.http.close();
  }

  private async chat(operation: string, form: Readonly<Record<string, string>>): Promise<ChatBody> {
    return (await this.post(`${SERVICE}/${this.serviceId_}/ixn/chat${operation}`, form)) as ChatBody;
  }

  private post(path: string, form: Readonly<Record<string, string>>): Promise<unknown> {
    this.keys += 1;
    return this.untilAnswered(path, { form, headers: { 'Idempotency-Key': `${this.user}-${this.keys}` } });
  }

  private async untilAnswered(
    path: string,
    options: {
      readonly form?: Readonly<Record<string, string>>;
      readonly json?: unknown;
      readonly headers?: Record<string, string>;
    },
  ): Promise<unknown> {
    const endMs = performance.now() + LIMIT_MS;
    const whole = new URL(this.url).pathname + path;
    for (;;) {
      const reply = await this.http
        .post(whole, { ...options, timeoutMs: TRY_LIMIT_MS })
        .catch((error: unknown) => error);
      if (!(reply instanceof Error) && isReply(reply) && reply.status === 200) return reply.json();
      if (performance.now() > endMs) {
        const last = isReply(reply) ? `${reply.status} ${reply.text}` : String(reply);
        throw new Error(`${path} was answered with no 200 in ${LIMIT_MS} ms, last with ${last}`);
      }
      if (isReply(reply) && reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
        throw new Error(`${path} was refused: ${reply.status} ${reply.text}`);
      }
      await pause(AGAIN_MS);
    }
  }
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly json: () => unknown;
}

const isReply = (value: unknown): value is Reply => typeof value === 'object' && value !== null && 'status' in value;
