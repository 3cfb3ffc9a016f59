import type { BareReady } from '../bare-process.js';
import { type BenchStore, startStore } from '../measure/bench-store.js';
import { startGateway, storeEnv } from '../measure/gateway.js';
import { firstMessage, startServer } from '../measure/processes.js';
import type { Dialect } from './clients/push-client.js';
import { startUserChats } from './user-chats.js';
import type { SinkAddress } from './writers/push-writer.js';

/** A server that pushes, with a Redis that nobody else uses. */
export interface Candidate {
  readonly name: string;
  readonly dialect: Dialect;
  readonly pid: number;
  readonly port: number;
  /** undefined for a server that keeps everything in its memory. */
  readonly store: BenchStore | undefined;
  readonly sink: SinkAddress;
  readonly stopServer: () => Promise<void>;
}

export const PRODUCT = 'Parley gateway';
export const BARE = 'bare, one stream';
export const BARE_CURSORS = 'bare, a stream per user';
export const SOCKET_IO = 'socket.io + streams';
export const FAYE = 'faye in memory';

/** All users come from one address here, and all at once. */
const HANDSHAKES_MAX = '1000000';

interface FayeReady {
  readonly port: number;
  readonly controlPort: number;
}

/** Starts a server on a Redis of its own; when it does not start, nothing of it stays. */
const onItsStore = async (start: (store: BenchStore) => Promise<Omit<Candidate, 'store'>>): Promise<Candidate> => {
  const store = await startStore();
  try {
    return { ...(await start(store)), store };
  } catch (error) {
    await store.redis.stop();
    throw error;
  }
};

/** The product: one gateway, no worker, a chat for each user. */
const startProduct = (users: number): Promise<Candidate> =>
  onItsStore(async (store) => {
    const gateway = await startGateway(store, { COMET_HANDSHAKES_PER_SECOND: HANDSHAKES_MAX });
    const { pid, port, stop } = gateway;
    try {
      const ids = await startUserChats(port, users);
      return { name: PRODUCT, dialect: 'parley', pid, port, sink: { dialect: 'parley', store, ids }, stopServer: stop };
    } catch (error) {
      await stop();
      throw error;
    }
  });

const startSmall = (name: string, dialect: 'bare' | 'bare-cursors' | 'socket.io', script: string): Promise<Candidate> =>
  onItsStore(async (store) => {
    const { pid, stop, said } = await startServer(script, storeEnv(store), (child) => firstMessage<BareReady>(child));
    return { name, dialect, pid, port: said.port, sink: { dialect, store }, stopServer: stop };
  });

const startFaye = async (): Promise<Candidate> => {
  const { pid, stop, said } = await startServer('test/load/push/servers/faye-server.js', {}, (child) =>
    firstMessage<FayeReady>(child),
  );
  const sink = { dialect: 'faye', port: said.controlPort } as const;
  return { name: FAYE, dialect: 'faye', pid, port: said.port, store: undefined, sink, stopServer: stop };
};

/** Those that are compared, the product first, each started when it is called. */
export const candidates = (users: number): readonly (() => Promise<Candidate>)[] => [
  () => startProduct(users),
  () => startSmall(BARE, 'bare', 'test/load/push/servers/bare-push-server.js'),
  () => startSmall(BARE_CURSORS, 'bare-cursors', 'test/load/push/servers/cursor-push-server.js'),
  () => startSmall(SOCKET_IO, 'socket.io', 'test/load/push/servers/socket-io-server.js'),
  startFaye,
];
