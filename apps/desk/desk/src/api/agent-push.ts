import { AckExtension, CometD, type Message } from 'cometd';
import type { StreamEvent } from './shapes.js';

/** What comes over CometD. */
export interface PushListener {
  /** A new subscription stands: load what may have been missed. */
  readonly subscribed: () => void;
  readonly connected: () => void;
  readonly disconnected: () => void;
  readonly refused: () => void;
  readonly agentTold: (events: readonly StreamEvent[]) => void;
  readonly chatTold: (serviceId: string, events: readonly StreamEvent[]) => void;
}

interface Pushed {
  readonly message: {
    readonly serviceId?: string;
    readonly agentId?: string;
    readonly events: readonly StreamEvent[];
  };
}

interface Failure {
  readonly failure?: { readonly httpCode?: number };
}

const CHANNEL = '/_genesys';

const isTokenRefused = (message: Message): boolean => (message as Failure).failure?.httpCode === 401;

/** The agent's and his chats' events, by long polling with acknowledgement. */
export class AgentPush {
  private readonly cometd = new CometD('desk');

  constructor(
    private readonly token: () => string,
    private readonly listener: PushListener,
  ) {
    const { cometd } = this;
    for (const type of cometd.getTransportTypes()) {
      if (type !== 'long-polling') cometd.unregisterTransport(type);
    }
    cometd.registerExtension('ack', new AckExtension());
    cometd.addListener('/meta/handshake', (message) => {
      this.heard(message);
      if (message.successful === true) this.subscribe();
    });
    cometd.addListener('/meta/connect', (message) => {
      this.heard(message);
    });
  }

  start(): void {
    this.configure();
    this.cometd.handshake();
  }

  /** A new token counts from the next request on. */
  configure(): void {
    this.cometd.configure({
      url: `${location.origin}/agent/v1/cometd`,
      requestHeaders: { authorization: `Bearer ${this.token()}` },
      backoffIncrement: 500,
      maxBackoff: 4_000,
      // The page's policy allows no scripts made on the way.
      useWorkerScheduler: false,
      logLevel: 'warn',
    });
  }

  stop(): void {
    this.cometd.disconnect();
  }

  private heard(message: Message): void {
    if (this.cometd.isDisconnected() && message.successful === true) return;
    if (message.successful === true) this.listener.connected();
    else if (isTokenRefused(message)) this.listener.refused();
    else this.listener.disconnected();
  }

  private subscribe(): void {
    this.cometd.subscribe(
      CHANNEL,
      ({ data }: Message) => {
        this.told(data as Pushed);
      },
      ({ successful }) => {
        if (successful === true) this.listener.subscribed();
      },
    );
  }

  private told({ message: { serviceId, events } }: Pushed): void {
    if (serviceId === undefined) this.listener.agentTold(events);
    else this.listener.chatTold(serviceId, events);
  }
}
