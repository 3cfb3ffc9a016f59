import { AckExtension, CometD, type Message } from 'cometd';
import { chatForm, type ChatSession, type Plan, serviceForm, type SessionListener } from './chat-session.js';
import { BayeuxInspection } from './bayeux-inspection.js';
import { type Exchange, newExchange } from './exchange.js';
import { CLOCK, isOver, retried } from './retried.js';
import { Sending } from './sending.js';
import type { Batch } from './transcript.js';
import { Refused, type ServiceStatus, type V1Client } from './v1-client.js';
import { statusText, untilAvailable } from './waiting.js';

const CHANNEL = '/_genesys';
const CONNECTED = 'connected, over CometD';
/** How long after a subscription that failed comes the next try, in milliseconds. */
const SUBSCRIBE_AGAIN_MS = 2_000;

interface Pushed {
  readonly tag: string;
  readonly message: Batch | ServiceStatus['message'];
}

/** A chat that is told over CometD: the official client, with acknowledgement. */
export class CometSession implements ChatSession {
  private readonly cometd = new CometD('demo');
  private readonly over = new AbortController();
  private readonly sending: Sending;
  private id = '';
  private isStarted = false;
  /** Whether the page has been told how the connection stands. */
  private isStandingTold = true;
  private isAvailable = false;
  /** Resolves when the server knows that the application is in the background. */
  private gone: Promise<void> = Promise.resolve();
  private onAvailable: () => void = () => undefined;
  private onSubscribed: () => void = () => undefined;
  private onHandshakeRefused: (error: Error) => void = () => undefined;

  constructor(
    private readonly client: V1Client,
    private readonly plan: Plan,
    private readonly listener: SessionListener,
    private readonly onExchange: (exchange: Exchange) => void,
  ) {
    const { cometd } = this;
    this.sending = new Sending(client, listener, this.over.signal);
    // Browsers set no header on a websocket, and this server wants to know the user of every request.
    for (const type of cometd.getTransportTypes()) {
      if (type !== 'long-polling') cometd.unregisterTransport(type);
    }
    const url = `${location.origin}/genesys/cometd`;
    // First: then it sees what the other one adds.
    const inspection = new BayeuxInspection(url, plan.user, onExchange);
    cometd.registerExtension('inspection', inspection);
    cometd.registerExtension('ack', new AckExtension());
    cometd.configure({
      url,
      requestHeaders: { gms_user: plan.user },
      // The page's policy allows no scripts made on the way.
      useWorkerScheduler: false,
      logLevel: 'warn',
    });
    cometd.addListener('/meta/handshake', this.onHandshake);
    cometd.addListener('/meta/connect', this.onConnect);
    cometd.addListener('/meta/unsuccessful', inspection.failed);
  }

  async start(): Promise<void> {
    const { client, plan } = this;
    await this.subscribed();
    if (isOver(this.over.signal)) return;
    const { _id: id } = await client.create(plan.service, serviceForm(plan));
    await this.startChat(id);
  }

  async resume(id: string, isStarted: boolean): Promise<void> {
    const { client, listener } = this;
    this.id = id;
    this.isStarted = isStarted;
    listener.reached(id, isStarted);
    await this.subscribed();
    if (!isStarted) {
      await this.startChat(id);
      return;
    }
    try {
      // The whole transcript is pushed again.
      await retried(() => client.chat(id, 'refresh', { transcriptPosition: '1' }), this.until('the chat'));
      listener.stands(CONNECTED);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
      this.finish('the server does not know this chat any more');
    }
  }

  async send(text: string): Promise<void> {
    await this.sending.send(this.id, text);
    this.listener.stands(CONNECTED);
  }

  async typing(isTyping: boolean): Promise<void> {
    await this.client.chat(this.id, isTyping ? 'startTyping' : 'stopTyping');
  }

  async end(): Promise<void> {
    await this.client.chat(this.id, 'disconnect');
  }

  readonly leave = (position: number): void => {
    this.gone = new Promise((resolve) => {
      this.cometd.disconnect({ ext: { transcriptPosition: String(position) } }, () => {
        resolve();
      });
    });
    this.listener.stands(`in the background, after position ${position}`);
  };

  readonly comeBack = (): void => {
    this.isStandingTold = false;
    // The answer to the last good-bye would end the new connection.
    void this.gone.then(() => {
      if (!isOver(this.over.signal)) this.cometd.handshake();
    });
  };

  close(): void {
    this.over.abort();
    this.cometd.disconnect();
    if (this.id !== '' && !this.isStarted) this.drop();
  }

  private drop(): void {
    // Nobody is there any more who could be told that it did not work.
    this.client.drop(this.id).catch(() => undefined);
  }

  private async startChat(id: string): Promise<void> {
    const { client, plan, listener, over } = this;
    this.id = id;
    if (isOver(over.signal)) {
      this.drop();
      return;
    }
    listener.reached(id, false);
    // The agent may go before the chat has started; then there is one to wait for again.
    await retried(async () => {
      if (plan.service === 'advanced-chat-poll') await this.untilToldOrAsked();
      if (!isOver(over.signal)) await client.startChat(id, { ...chatForm(plan), notify_by: 'comet' });
    }, this.until('the start of the chat'));
    if (isOver(over.signal)) return;
    this.isStarted = true;
    listener.reached(id, true);
    listener.stands(CONNECTED);
  }

  private until(what: string) {
    return {
      over: this.over.signal,
      onTrouble: () => {
        this.listener.stands(`${what} has to wait; trying again`, true);
      },
    };
  }

  /**
   * Resolves when whatever is pushed from now on is heard. Before that nothing should be started.
   * @throws Error when the server will not have this user
   */
  private subscribed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onSubscribed = resolve;
      this.onHandshakeRefused = reject;
      this.over.signal.addEventListener('abort', () => {
        resolve();
      });
      this.cometd.handshake();
    });
  }

  /** Each handshake makes a new client, which has subscribed to nothing. */
  private readonly onHandshake = ({ successful, advice, error = 'CometD: no handshake' }: Message): void => {
    if (successful === true) {
      this.subscribe();
    } else if (advice?.reconnect === 'none') {
      this.listener.stands(error, true);
      this.onHandshakeRefused(new Error(error));
    } else this.waitForServer();
  };

  private subscribe(): void {
    const { cometd } = this;
    cometd.subscribe(CHANNEL, this.hear, ({ successful }: Message) => {
      if (successful === true) {
        this.onSubscribed();
        return;
      }
      const clientId = cometd.getClientId();
      void CLOCK.pause(SUBSCRIBE_AGAIN_MS, this.over.signal).then(() => {
        if (cometd.isDisconnected() || cometd.getClientId() !== clientId) return;
        cometd.clearSubscriptions();
        this.subscribe();
      });
    });
  }

  private readonly onConnect = ({ successful }: Message): void => {
    if (this.cometd.isDisconnected()) return;
    if (successful !== true) {
      this.waitForServer();
    } else if (!this.isStandingTold) {
      this.isStandingTold = true;
      this.listener.stands(this.isStarted ? CONNECTED : 'waiting, over CometD');
    }
  };

  private waitForServer(): void {
    this.isStandingTold = false;
    this.listener.stands('CometD does not answer; trying again', true);
  }

  private async untilToldOrAsked(): Promise<void> {
    const { client, listener, over } = this;
    if (this.plan.deviceOs !== '') {
      // A native device is told by push, not over CometD.
      await untilAvailable(client, this.id, listener, over.signal);
      return;
    }
    const told = new Promise<void>((resolve) => {
      this.onAvailable = resolve;
      over.signal.addEventListener('abort', () => {
        resolve();
      });
    });
    // A status is pushed when it changes; what was pushed before we knew the id has to be asked for.
    const asked = retried(() => client.status(this.id), this.until('the status')).then(({ message }) => {
      this.takeStatus(message);
    });
    await Promise.race([told, asked.then(() => told)]);
  }

  private readonly hear = ({ data }: Message): void => {
    const pushed = data as Pushed;
    this.onExchange(
      newExchange({
        kind: 'push',
        title: pushed.tag,
        headers: {},
        sent: '',
        came: JSON.stringify(pushed, null, 2),
        status: 'pushed',
        tookMs: 0,
        curl: '',
      }),
    );
    const { tag, message } = pushed;
    // Other chats of the same user are told here too.
    if (this.id === '' || !tag.endsWith(`.${this.id}`)) return;
    if ('_status' in message) {
      this.takeStatus(message);
      return;
    }
    this.listener.told(message);
    if (message.chatIxnState === 'DISCONNECTED') this.finish('the chat is over');
  };

  private takeStatus(status: ServiceStatus['message']): void {
    this.isAvailable = status._status === 'available';
    if (!this.isStarted) this.listener.stands(statusText(status));
    if (this.isAvailable) this.onAvailable();
  }

  private finish(why: string): void {
    this.listener.over(why);
    this.close();
  }
}
