import { BayeuxConversation, type BayeuxDialect } from './bayeux.js';
import { HttpChannel, postRequest } from './http-channel.js';
import type { OpenClient } from './push-client.js';
import { SocketChannel } from './socket-channel.js';

const JSON_TYPE = 'application/json;charset=UTF-8';

/** A Bayeux client over long-polling; one connection, as nothing but connects follows the subscription. */
export const bayeuxPolling =
  (dialect: BayeuxDialect): OpenClient =>
  async (port, user, { onData, onBroken }) => {
    const conversation = new BayeuxConversation(dialect, 'long-polling', user);
    const headers = dialect.headersOf(user);
    const post = (suffix: string, body: string): string =>
      postRequest(dialect.hasSuffix ? `${dialect.path}/${suffix}` : dialect.path, body, JSON_TYPE, headers);
    const channel: HttpChannel = await HttpChannel.open(
      port,
      (reply) => {
        try {
          if (conversation.isAnswered(reply)) channel.send(post('connect', conversation.connect()));
          onData(reply);
        } catch (error) {
          onBroken(error as Error);
        }
      },
      onBroken,
    );
    conversation.takeHandshake(await channel.ask(post('handshake', conversation.handshake())));
    conversation.takeSubscription(await channel.ask(post('subscribe', conversation.subscribe())));
    channel.send(post('connect', conversation.connect()));
    return channel;
  };

/** A Bayeux client over a websocket. */
export const bayeuxSocket =
  (dialect: BayeuxDialect): OpenClient =>
  async (port, user, { onData, onBroken }) => {
    const conversation = new BayeuxConversation(dialect, 'websocket', user);
    const channel: SocketChannel = await SocketChannel.open(
      port,
      dialect.path,
      dialect.headersOf(user),
      (text) => {
        try {
          if (conversation.isAnswered(text)) channel.send(conversation.connect());
          onData(text);
        } catch (error) {
          onBroken(error as Error);
        }
      },
      onBroken,
    );
    conversation.takeHandshake(await channel.ask(conversation.handshake()));
    conversation.takeSubscription(await channel.ask(conversation.subscribe()));
    channel.send(conversation.connect());
    return channel;
  };
