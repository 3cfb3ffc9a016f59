import { HttpChannel, postRequest } from './http-channel.js';
import type { OpenClient } from './push-client.js';
import { SocketChannel } from './socket-channel.js';

// Packets of engine.io 4: 0 open, 2 ping, 3 pong, 4 message; in a message 0 is the connect of socket.io.
const PATH = '/socket.io/?EIO=4&transport=';
const TEXT_TYPE = 'text/plain;charset=UTF-8';
const PING = Buffer.from('2');
/** The answer to a poll holds packets with 0x1e between them. */
const POLLED_PINGS = [Buffer.from('\r\n\r\n2'), Buffer.from('\u001e2')];
const connectPacket = (user: string): string => `40${JSON.stringify({ user })}`;

const mustContain = (reply: string, words: string): void => {
  if (!reply.includes(words)) throw new Error(`expected ${words}, got ${reply}`);
};

/** A client of socket.io over long-polling: a held GET, and a POST of its own for what the client says. */
export const socketIoPolling: OpenClient = async (port, user, { onData, onBroken }) => {
  let poll = '';
  let path = '';
  const say = async (packet: string): Promise<void> => {
    const extra = await HttpChannel.open(port, () => undefined, onBroken);
    mustContain(await extra.ask(postRequest(path, packet, TEXT_TYPE)), 'ok');
    extra.close();
  };
  const channel: HttpChannel = await HttpChannel.open(
    port,
    (reply) => {
      channel.send(poll);
      onData(reply);
      if (POLLED_PINGS.some((ping) => reply.includes(ping))) say('3').catch(onBroken);
    },
    onBroken,
  );
  const opened = await channel.ask(`GET ${PATH}polling HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
  const session = /"sid":"([^"]+)"/.exec(opened)?.[1];
  if (session === undefined) throw new Error(`expected a session, got ${opened}`);
  path = `${PATH}polling&sid=${session}`;
  poll = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
  await say(connectPacket(user));
  mustContain(await channel.ask(poll), '40{"sid"');
  channel.send(poll);
  return channel;
};

/** A client of socket.io over a websocket from the start. */
export const socketIoSocket: OpenClient = async (port, user, { onData, onBroken }) => {
  const channel: SocketChannel = await SocketChannel.open(
    port,
    `${PATH}websocket`,
    '',
    (text) => {
      if (text.equals(PING)) channel.send('3');
      else onData(text);
    },
    onBroken,
  );
  mustContain(await channel.ask(), '0{"sid"');
  mustContain(await channel.ask(connectPacket(user)), '40{"sid"');
  return channel;
};
