import { HttpChannel } from './http-channel.js';
import type { OpenClient } from './push-client.js';
import { SocketChannel } from './socket-channel.js';

/** Polls the bare server. */
export const barePolling: OpenClient = async (port, user, { onData, onBroken }) => {
  const poll = `GET /poll/${user} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const channel: HttpChannel = await HttpChannel.open(
    port,
    (reply) => {
      channel.send(poll);
      onData(reply);
    },
    onBroken,
  );
  channel.send(poll);
  return channel;
};

export const bareSocket: OpenClient = (port, user, { onData, onBroken }) =>
  SocketChannel.open(port, `/socket/${user}`, '', onData, onBroken);

const LAST = Buffer.from('"last":"');
const QUOTE = Buffer.from('"');
/** Before all entries. */
const START = '0-0';

/** Polls the bare server with a stream per user, and names the last entry that it has. */
export const cursorPolling: OpenClient = async (port, user, { onData, onBroken }) => {
  const poll = (after: string): string => `GET /poll/${user}/${after} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  const channel: HttpChannel = await HttpChannel.open(
    port,
    (reply) => {
      const start = reply.indexOf(LAST) + LAST.length;
      channel.send(poll(reply.toString('latin1', start, reply.indexOf(QUOTE, start))));
      onData(reply);
    },
    onBroken,
  );
  channel.send(poll(START));
  return channel;
};

export const cursorSocket: OpenClient = (port, user, { onData, onBroken }) =>
  SocketChannel.open(port, `/socket/${user}/${START}`, '', onData, onBroken);
