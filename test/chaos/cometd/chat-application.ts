import type { ChatBody } from '../../conformance/customer.js';
import type { BayeuxReply, OfficialClient } from './official-client.js';
import type { Seen } from './transcript-check.js';

const CHANNEL = '/_genesys';
/** Before a client that gave up shakes hands again, and before another try to subscribe, in milliseconds. */
const AGAIN_MS = 200;

/** What is pushed to an application. */
export interface PushedData {
  readonly id: string;
  readonly message: ChatBody;
  readonly tag: string;
}

/** An application of a customer: it subscribes after each handshake, and notes what it is shown. */
export class ChatApplication {
  /** All that came, in order. */
  readonly seen: Seen[] = [];
  /** The data of all messages, in order. */
  readonly pushed: PushedData[] = [];
  private isListening = false;
  private isAway = false;
  private isClosed = false;
  private resumeAfter: number | undefined;
  private waiting: (() => void)[] = [];

  constructor(private readonly client: OfficialClient) {
    client.addListener('/meta/handshake', (reply) => {
      this.onHandshake(reply);
    });
    client.addListener('/meta/connect', ({ successful, advice }) => {
      if (this.isAway) return;
      if (successful === true) this.note({ kind: 'answered' });
      else if (advice?.reconnect === 'none') this.shakeHandsLater();
    });
    // The client drops a subscription whose reply was lost; the server may have it, and what it sends counts as arrived.
    client.registerExtension('unsubscribed', {
      incoming: (message: BayeuxReply) => {
        if (message.channel === CHANNEL && !this.isListening) this.receive(message);
        return message;
      },
    });
  }

  /** The position of the last event shown, as the application reckons it. */
  get position(): number {
    return Number(this.pushed.at(-1)?.message.transcriptPosition ?? 0);
  }

  get hasEnded(): boolean {
    return this.pushed.at(-1)?.message.chatIxnState === 'DISCONNECTED';
  }

  /** Events shown so far. */
  get eventCount(): number {
    return this.pushed.reduce((count, { message }) => count + (message.transcriptToShow?.length ?? 0), 0);
  }

  /** Resolves when it is subscribed. */
  async start(): Promise<void> {
    this.isAway = false;
    const subscribed = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.client.handshake();
    await subscribed;
  }

  /** Says goodbye and shakes hands anew. */
  async restart(): Promise<void> {
    await this.disconnect({});
    await this.start();
  }

  /**
   * Goes into the background: what comes from now on is not shown, and later everything after the position is due.
   * @returns the clientId that it had, and whether the server has answered
   */
  async leave(position: number): Promise<{ readonly clientId: string; readonly isKnown: boolean }> {
    this.isAway = true;
    this.resumeAfter = position;
    const clientId = this.client.getClientId() ?? '';
    const isKnown = await this.disconnect({ ext: { transcriptPosition: String(position) } });
    return { clientId, isKnown };
  }

  /** Ends for good. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.disconnect({});
  }

  private disconnect(properties: object): Promise<boolean> {
    if (this.client.isDisconnected()) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.client.disconnect(properties, ({ successful }) => {
        resolve(successful === true);
      });
    });
  }

  private onHandshake({ successful, advice }: BayeuxReply): void {
    if (this.isAway || this.isClosed) return;
    if (successful !== true) {
      // It tries again by itself, unless it was told not to or never got a websocket.
      if (advice?.reconnect !== 'handshake') this.shakeHandsLater();
      return;
    }
    const { resumeAfter } = this;
    this.resumeAfter = undefined;
    this.note({ kind: 'new client', ...(resumeAfter === undefined ? {} : { resumeAfter }) });
    this.subscribe();
  }

  private subscribe(): void {
    const clientId = this.client.getClientId();
    const isCurrent = (): boolean =>
      !this.isAway && !this.isClosed && this.client.getClientId() === clientId && !this.client.isDisconnected();
    this.isListening = true;
    this.client.subscribe(CHANNEL, this.receive, ({ successful }) => {
      if (successful === true) {
        for (const resolve of this.waiting.splice(0)) resolve();
        return;
      }
      this.isListening = false;
      setTimeout(() => {
        if (isCurrent()) this.subscribe();
      }, AGAIN_MS);
    });
  }

  /** What an application does whose client has given up. */
  private shakeHandsLater(): void {
    setTimeout(() => {
      if (!this.isAway && !this.isClosed && this.client.isDisconnected()) this.client.handshake();
    }, AGAIN_MS);
  }

  private readonly receive = ({ data }: BayeuxReply): void => {
    if (this.isAway) return;
    const pushed = data as PushedData;
    this.pushed.push(pushed);
    const { message } = pushed;
    this.note({
      kind: 'message',
      sessionId: message.chatSessionId,
      state: message.chatIxnState,
      position: Number(message.transcriptPosition),
      events: message.transcriptToShow ?? [],
    });
  };

  private note(seen: Seen): void {
    this.seen.push(seen);
  }
}
