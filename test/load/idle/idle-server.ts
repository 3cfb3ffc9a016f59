import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BareReady } from '../bare-process.js';
import { type BenchStore, startStore } from '../measure/bench-store.js';
import { startGateway, storeEnv } from '../measure/gateway.js';
import { firstMessage, startServer } from '../measure/processes.js';
import type { Dialect } from '../push/clients/push-client.js';

/** A server that holds connections, with a Redis that nobody else uses. */
export interface IdleServer {
  readonly dialect: Dialect;
  readonly pid: number;
  readonly port: number;
  readonly store: BenchStore;
  readonly stop: () => Promise<void>;
}

export const PRODUCT = 'Parley gateway';
export const BARE = 'bare node:http, ws';

/** What each server loads before its own code. */
const COLLECTING = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'collect-on-signal.js')).href}`,
};
/** All users come from one address here, and all at once. */
const HANDSHAKES_MAX = '1000000';

const onItsStore = async (start: (store: BenchStore) => Promise<Omit<IdleServer, 'store'>>): Promise<IdleServer> => {
  const store = await startStore();
  try {
    const { stop, ...server } = await start(store);
    return {
      ...server,
      store,
      stop: async () => {
        await stop();
        await store.redis.stop();
      },
    };
  } catch (error) {
    await store.redis.stop();
    throw error;
  }
};

export const startProduct = (holdSeconds: number): Promise<IdleServer> =>
  onItsStore(async (store) => {
    const { pid, port, stop } = await startGateway(store, {
      COMET_HOLD_MS: String(holdSeconds * 1_000),
      COMET_HANDSHAKES_PER_SECOND: HANDSHAKES_MAX,
      ...COLLECTING,
    });
    return { dialect: 'parley', pid, port, stop };
  });

export const startBare = (holdSeconds: number): Promise<IdleServer> =>
  onItsStore(async (store) => {
    const env = { ...storeEnv(store), HOLD_MS: String(holdSeconds * 1_000), ...COLLECTING };
    const { pid, stop, said } = await startServer('test/load/push/servers/bare-push-server.js', env, (child) =>
      firstMessage<BareReady>(child),
    );
    return { dialect: 'bare', pid, port: said.port, stop };
  });
