import { type HttpClient, waitFor } from '../support/http.js';
import type { StackGateway } from '../support/stack.js';
import { type ChatBody, expectStatus, type WireEvent } from './customer.js';

export const COMETD = '/genesys/cometd';
export const CHANNEL = '/_genesys';

/** What is pushed to an application. */
export interface PushedData {
  readonly id: string;
  readonly message: ChatBody;
  readonly tag: string;
}

/** A Bayeux message of the server; what only some of them have is optional. */
export interface BayeuxReply {
  readonly channel: string;
  readonly id?: string | number;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly error?: string;
  readonly subscription?: string | readonly string[];
  readonly advice?: { readonly interval?: number; readonly reconnect?: string; readonly timeout?: number };
  readonly ext?: { readonly ack?: number | boolean };
  readonly data?: PushedData;
}

export interface BayeuxRequestOptions {
  /** In the header `gms_user`; without one there is no header. */
  readonly user?: string | undefined;
  /** @defaultValue `/genesys/cometd` */
  readonly path?: string;
  /** Milliseconds until the request fails. @defaultValue 10000 */
  readonly timeoutMs?: number;
}

export const userHeader = (user: string | undefined): Record<string, string> =>
  user === undefined ? {} : { gms_user: user };

/** Sends one Bayeux request, an object or an array, and gives the replies. */
export const askBayeux = async (
  client: HttpClient,
  message: unknown,
  { user, path = COMETD, timeoutMs = 10_000 }: BayeuxRequestOptions,
): Promise<readonly BayeuxReply[]> => {
  const reply = await client.post(path, { json: message, headers: userHeader(user), timeoutMs });
  return expectStatus(reply, 200).json() as readonly BayeuxReply[];
};

/** The data of what was pushed among replies. */
export const pushedIn = (replies: readonly BayeuxReply[]): readonly PushedData[] =>
  replies.flatMap(({ channel, data }) => (channel === CHANNEL && data !== undefined ? [data] : []));

/** Each event with the position that applications reckon for it: a batch is contiguous and ends at its position. */
export const placed = (
  pushed: readonly PushedData[],
): readonly (readonly [position: number, type: string, nickname: string, text: string])[] =>
  pushed.flatMap(({ message: { transcriptPosition, transcriptToShow: events = [] } }) =>
    events.map(([type, nickname, text]: WireEvent, index) => {
      return [Number(transcriptPosition) - (events.length - 1) + index, type, nickname, text] as const;
    }),
  );

/** The texts of all messages that were pushed, in order. */
export const textsPushed = (pushed: readonly PushedData[]): readonly string[] =>
  placed(pushed).flatMap(([, type, , text]) => (type === 'Message.Text' ? [text] : []));

/** Connects that a gateway holds just now, as it says itself. */
export const heldConnects = async (gateway: StackGateway): Promise<number> => {
  const text = await (await fetch(`${gateway.internalUrl}/metrics`)).text();
  const line = /^parley_cometd_held_connects(?:\{[^}]*\})? (\d+)$/m.exec(text);
  if (line === null) throw new Error(`${gateway.internalUrl}/metrics names no held connects`);
  return Number(line[1]);
};

export const untilHeld = async (gateway: StackGateway, count: number): Promise<void> => {
  await waitFor(`${count} held connects`, async () => (await heldConnects(gateway)) === count);
};

export interface ConnectOptions {
  /** @defaultValue where the session was opened */
  readonly via?: HttpClient;
  /** How long the client would be held at most, in milliseconds. @defaultValue as long as the server likes */
  readonly holdMs?: number;
}

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0', minimumVersion: '0.9' };

/**
 * One Bayeux session of a user over long-polling, request by request: it does nothing by itself, so that a test says what
 * happens when.
 */
export class CometdSession {
  /** What has been received, in order. */
  readonly pushed: PushedData[] = [];
  private acknowledged: number | undefined;

  private constructor(
    private readonly client: HttpClient,
    readonly user: string,
    readonly clientId: string,
    acknowledges: boolean,
  ) {
    this.acknowledged = acknowledges ? 0 : undefined;
  }

  /** Shakes hands and connects for the first time. */
  static async connected(client: HttpClient, user: string, acknowledges = true): Promise<CometdSession> {
    const handshake = acknowledges ? { ...HANDSHAKE, ext: { ack: true } } : HANDSHAKE;
    const [reply] = await askBayeux(client, handshake, { user });
    expect(reply).toMatchObject({ channel: '/meta/handshake', successful: true });
    const session = new CometdSession(client, user, reply?.clientId ?? '', acknowledges);
    await session.connect();
    return session;
  }

  /** The same, and subscribes. */
  static async subscribed(client: HttpClient, user: string, acknowledges = true): Promise<CometdSession> {
    const session = await CometdSession.connected(client, user, acknowledges);
    expect(await session.subscribe()).toMatchObject({ successful: true, subscription: CHANNEL });
    return session;
  }

  /** The number of the last batch received; undefined for a session that does not acknowledge. */
  get ack(): number | undefined {
    return this.acknowledged;
  }

  async subscribe(client = this.client): Promise<BayeuxReply | undefined> {
    const [reply] = await this.ask({ channel: '/meta/subscribe', subscription: CHANNEL }, client);
    return reply;
  }

  /** @param position - where the user has come, when the application goes to the background */
  async disconnect(position?: number, client = this.client): Promise<BayeuxReply | undefined> {
    const ext = position === undefined ? {} : { ext: { transcriptPosition: String(position) } };
    const [reply] = await this.ask({ channel: '/meta/disconnect', ...ext }, client);
    return reply;
  }

  /** Sends any message of this client. */
  ask(message: Readonly<Record<string, unknown>>, client = this.client): Promise<readonly BayeuxReply[]> {
    return askBayeux(client, { ...message, clientId: this.clientId }, { user: this.user });
  }

  /** A connect as the session would send it now. */
  connectMessage({ holdMs }: Pick<ConnectOptions, 'holdMs'> = {}): Record<string, unknown> {
    return {
      channel: '/meta/connect',
      clientId: this.clientId,
      connectionType: 'long-polling',
      ...(this.acknowledged === undefined ? {} : { ext: { ack: this.acknowledged } }),
      ...(holdMs === undefined ? {} : { advice: { timeout: holdMs } }),
    };
  }

  /** Connects, and gives the reply as if it had been lost: nothing of it is noted. */
  async connectInVain({ via = this.client, ...options }: ConnectOptions = {}): Promise<readonly BayeuxReply[]> {
    return askBayeux(via, this.connectMessage(options), { user: this.user, timeoutMs: 30_000 });
  }

  /** Connects, and notes what came. */
  async connect(options: ConnectOptions = {}): Promise<readonly BayeuxReply[]> {
    return this.take(await this.connectInVain(options));
  }

  /** What is there just now. */
  async look(via = this.client): Promise<readonly PushedData[]> {
    return pushedIn(await this.connect({ via, holdMs: 0 }));
  }

  /** Sends a connect, and comes back once the gateway holds it. */
  async hold(gateway: StackGateway, options: ConnectOptions = {}): Promise<HeldConnect> {
    const before = await heldConnects(gateway);
    const reply = this.connect(options);
    // Not every test that holds a connect wants its answer.
    reply.catch(() => undefined);
    await untilHeld(gateway, before + 1);
    return { reply };
  }

  /** Connects again and again until what was pushed satisfies. */
  async until(
    what: string,
    isThere: (pushed: readonly PushedData[]) => boolean,
    via: readonly HttpClient[] = [this.client],
  ): Promise<readonly PushedData[]> {
    let connects = 0;
    await waitFor(`${what} to be pushed`, async () => {
      if (isThere(this.pushed)) return true;
      const next = via[connects % via.length];
      connects += 1;
      await this.connect({ holdMs: 500, ...(next === undefined ? {} : { via: next }) });
      return isThere(this.pushed);
    });
    return this.pushed;
  }

  /** Connects until so many events have been pushed. */
  untilEvents(count: number, via?: readonly HttpClient[]): Promise<readonly PushedData[]> {
    return this.until(`${count} events`, (pushed) => placed(pushed).length >= count, via);
  }

  /** Connects until the end of the chat has been pushed. */
  untilEnd(): Promise<readonly PushedData[]> {
    return this.until('the end', (pushed) => pushed.at(-1)?.message.chatIxnState === 'DISCONNECTED');
  }

  /** Notes what a reply brought. */
  take(replies: readonly BayeuxReply[]): readonly BayeuxReply[] {
    this.pushed.push(...pushedIn(replies));
    const ack = replies.find(({ channel }) => channel === '/meta/connect')?.ext?.ack;
    if (this.acknowledged !== undefined && typeof ack === 'number') this.acknowledged = ack;
    return replies;
  }
}

/** A connect that a gateway holds. */
export interface HeldConnect {
  readonly reply: Promise<readonly BayeuxReply[]>;
}
