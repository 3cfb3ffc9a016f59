import { createConnection, type RedisConnection } from '@app/redis';
import type { StoreAddress } from '../../measure/gateway.js';
import { userName } from '../clients/push-client.js';
import { pushStream, userStream, WAKE_CHANNEL } from '../servers/push-stream.js';
import { eventOf, type MessageSink } from './message-sink.js';

/** Where the adapter of socket.io trims its stream, too. */
const STREAM_LENGTH = 10_000;
/** Of `ClusterMessage` in socket.io-adapter: a broadcast, from a process that has no clients. */
const BROADCAST = '3';
const EMITTER = 'emitter';

const open = async ({ redisUrl }: StoreAddress): Promise<RedisConnection> => {
  const redis = createConnection({ url: redisUrl }, 'commands');
  await redis.connect();
  return redis;
};

/** The one stream of the bare server. */
export const openBareSink = async (store: StoreAddress): Promise<MessageSink> => {
  const redis = await open(store);
  const stream = pushStream(store.keyPrefix);
  return {
    write: async (user, text) => {
      const event = JSON.stringify(eventOf(text));
      await redis.xadd(stream, 'MAXLEN', '~', STREAM_LENGTH, '*', 'u', userName(user), 'e', event);
    },
    close: () => {
      redis.disconnect();
    },
  };
};

/** A stream for each user, and a wake-up. */
export const openCursorSink = async (store: StoreAddress): Promise<MessageSink> => {
  const redis = await open(store);
  const channel = `${store.keyPrefix}:${WAKE_CHANNEL}`;
  return {
    write: async (user, text) => {
      const name = userName(user);
      const event = JSON.stringify(eventOf(text));
      await Promise.all([redis.xadd(userStream(store.keyPrefix, name), '*', 'e', event), redis.publish(channel, name)]);
    },
    close: () => {
      redis.disconnect();
    },
  };
};

/** The stream of socket.io's adapter: an emit to one room, as another process of the cluster would write it. */
export const openSocketIoSink = async (store: StoreAddress): Promise<MessageSink> => {
  const redis = await open(store);
  return {
    write: async (user, text) => {
      const packet = { type: 2, data: ['message', eventOf(text)], nsp: '/' };
      const data = JSON.stringify({ packet, opts: { rooms: [userName(user)], except: [], flags: {} } });
      const fields = ['uid', EMITTER, 'nsp', '/', 'type', BROADCAST, 'data', data];
      await redis.xadd('socket.io', 'MAXLEN', '~', STREAM_LENGTH, '*', ...fields);
    },
    close: () => {
      redis.disconnect();
    },
  };
};
