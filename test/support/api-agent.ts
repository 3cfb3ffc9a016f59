import { randomUUID } from 'node:crypto';
import { tokenOf } from './agents-file.js';
import { ApiContract } from './api-contract.js';
import { type HttpClient, type HttpReply, waitFor } from './http.js';

export interface PushedEvent {
  readonly id: string;
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Pushed {
  readonly id: string;
  readonly tag: string;
  readonly message: { readonly serviceId?: string; readonly agentId?: string; readonly events: readonly PushedEvent[] };
}

interface Offer {
  readonly serviceId: string;
  readonly token: string;
  readonly phase: string;
}

interface BayeuxMessage {
  readonly channel: string;
  readonly successful?: boolean;
  readonly clientId?: string;
  readonly data?: Pushed;
  readonly ext?: { readonly ack?: number };
  readonly advice?: { readonly reconnect?: string };
}

const CHANNEL = '/_genesys';
const contract = new ApiContract();

/**
 * An agent's desktop: the Agent API over HTTP, and its events over CometD with acknowledgement. All that it is answered and
 * told has to be as documented.
 */
export class ApiAgent {
  /** All that was pushed, by stream: a service id, or `@` and the agent's id. */
  readonly events = new Map<string, PushedEvent[]>();
  private clientId = '';
  private acknowledged = 0;

  /** @param client - of the internal listener of any gateway */
  constructor(
    readonly id: string,
    readonly client: HttpClient,
    readonly token = tokenOf(id),
  ) {}

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpReply> {
    const reply = await this.client.request(method, `/agent/v1${path}`, {
      ...(body === undefined ? {} : { json: body }),
      headers: { authorization: `Bearer ${this.token}`, ...headers },
    });
    const [bare = ''] = path.split('?');
    contract.checkAnswer(method, `/agent/v1${bare}`, reply.status, reply.text === '' ? undefined : reply.json());
    return reply;
  }

  /** A call that has to succeed. */
  async get<T>(path: string): Promise<T> {
    return this.answer('GET', path, await this.call('GET', path)) as T;
  }

  async post(path: string, body: unknown = {}): Promise<unknown> {
    return this.answer('POST', path, await this.call('POST', path, body, { 'idempotency-key': randomUUID() }));
  }

  /** Signs in, listens, and takes chats. */
  async ready(): Promise<void> {
    await this.post('/me/sign-in');
    await this.listen();
    await this.post('/me/ready');
  }

  /** Shakes hands and subscribes. */
  async listen(): Promise<void> {
    const [made] = await this.bayeux({ channel: '/meta/handshake', version: '1.0', ext: { ack: true } });
    this.clientId = made?.clientId ?? '';
    this.acknowledged = 0;
    await this.connect(0);
    await this.bayeux({ channel: '/meta/subscribe', clientId: this.clientId, subscription: CHANNEL });
  }

  /** One connect; what it brings is in `events`. One who was away for too long begins anew. @param holdMs - at most */
  async connect(holdMs = 2_000): Promise<void> {
    const replies = await this.bayeux({
      channel: '/meta/connect',
      clientId: this.clientId,
      connectionType: 'long-polling',
      ext: { ack: this.acknowledged },
      advice: { timeout: holdMs },
    });
    for (const { channel, data, ext } of replies) {
      if (channel === CHANNEL && data !== undefined) this.take(data);
      if (channel === '/meta/connect') this.acknowledged = ext?.ack ?? this.acknowledged;
    }
    if (replies.some(({ advice }) => advice?.reconnect === 'handshake')) await this.listen();
  }

  /** Connects until an event of a stream is there. */
  async until(stream: string, type: string, fits: (event: PushedEvent) => boolean = () => true): Promise<PushedEvent> {
    return waitFor(`${type} for ${this.id}`, async () => {
      const found = this.of(stream).find((event) => event.type === type && fits(event));
      if (found === undefined) await this.connect(500);
      return found;
    });
  }

  /** Waits until a chat rings. @returns its token */
  async offerOf(serviceId: string): Promise<string> {
    return waitFor(`an offer of ${serviceId} to ${this.id}`, async () => {
      const { offers } = await this.get<{ readonly offers: readonly Offer[] }>('/me');
      const offer = offers.find((each) => each.serviceId === serviceId && each.phase === 'offered');
      if (offer === undefined) await this.connect(100);
      return offer?.token;
    });
  }

  /** Waits until a chat rings, and takes it. */
  async accept(serviceId: string): Promise<void> {
    await this.post(`/chats/${serviceId}/accept`, { token: await this.offerOf(serviceId) });
  }

  of(stream: string): readonly PushedEvent[] {
    return this.events.get(stream) ?? [];
  }

  private take(data: Pushed): void {
    contract.checkPushed(data);
    const { serviceId, agentId, events } = data.message;
    const stream = serviceId ?? `@${agentId ?? ''}`;
    this.events.set(stream, [...this.of(stream), ...events]);
  }

  private async bayeux(message: object): Promise<readonly BayeuxMessage[]> {
    const reply = await this.client.post('/agent/v1/cometd', {
      json: message,
      headers: { authorization: `Bearer ${this.token}` },
    });
    return this.answer('POST', '/cometd', reply) as readonly BayeuxMessage[];
  }

  private answer(method: string, path: string, reply: HttpReply): unknown {
    if (reply.status !== 200) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text}`);
    return reply.json();
  }
}
