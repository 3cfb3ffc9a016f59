import { once } from 'node:events';
import { connect } from 'node:net';
import { userName } from '../clients/push-client.js';
import type { MessageSink } from './message-sink.js';

/** faye with its memory engine publishes within its own process: this only asks it to, many messages at a time. */
export const openFayeSink = async (port: number): Promise<MessageSink> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let lines = '';
  return {
    write: (user, text) => {
      if (lines === '') {
        setImmediate(() => {
          socket.write(lines);
          lines = '';
        });
      }
      lines += `${userName(user)} ${text}\n`;
      return Promise.resolve();
    },
    close: () => {
      socket.destroy();
    },
  };
};
