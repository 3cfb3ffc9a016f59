import type { Extension, Message } from 'cometd';
import { curlOf, type Exchange, newExchange } from './exchange.js';

interface Sent {
  readonly message: Message;
  readonly atMs: number;
}

/** Shows what the CometD client says to the server, and what it is answered. */
export class BayeuxInspection implements Extension {
  private readonly waiting = new Map<string, Sent>();

  constructor(
    private readonly url: string,
    private readonly user: string,
    private readonly onExchange: (exchange: Exchange) => void,
  ) {}

  outgoing(message: Message): Message {
    if (message.id !== undefined) {
      this.waiting.set(message.id, { message: { ...message }, atMs: performance.now() });
    }
    return message;
  }

  incoming(message: Message): Message {
    this.show(message, message.successful === true ? 'ok' : 'no', JSON.stringify(message, null, 2));
    return message;
  }

  /** For a message that got no reply; one that was refused has been shown already. */
  readonly failed = (message: Message): void => {
    this.show(message, 'no answer', '');
  };

  private show({ id = '', channel }: Message, status: string, came: string): void {
    const sent = this.waiting.get(id);
    if (sent === undefined) return;
    this.waiting.delete(id);
    const { message, atMs } = sent;
    // The client appends the last part of the channel's name; subscriptions have none.
    const [, meta = ''] = /^\/meta(\/(?:handshake|connect|disconnect))$/.exec(channel) ?? [];
    const headers = { gms_user: this.user, 'content-type': 'application/json' };
    this.onExchange(
      newExchange({
        kind: 'request',
        title: `CometD ${channel}`,
        headers,
        sent: JSON.stringify([message], null, 2),
        came,
        status,
        tookMs: Math.round(performance.now() - atMs),
        curl: curlOf({ method: 'POST', url: this.url + meta, headers, body: JSON.stringify([message]) }),
      }),
    );
  }
}
