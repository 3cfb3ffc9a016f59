import { HttpClient, waitFor } from '../../support/http.js';
import { freePorts } from '../../support/ports.js';
import { type MeasuredServer, startServer } from './processes.js';

/** A gateway of the product under measurement. */
export interface MeasuredGateway extends MeasuredServer {
  /** The sum over all label values of a counter on `/metrics`; undefined when there is no such metric. */
  readonly counter: (name: string) => Promise<number | undefined>;
}

/** Where a store is, as product and benchmark must agree on it. */
export interface StoreAddress {
  readonly redisUrl: string;
  readonly keyPrefix: string;
  readonly partitions: number;
}

/** No customer of a benchmark types too fast, or too much. */
const MESSAGES_MAX = 1_000_000;

export const storeEnv = ({ redisUrl, keyPrefix, partitions }: StoreAddress): Record<string, string> => ({
  REDIS_URL: redisUrl,
  KEY_PREFIX: keyPrefix,
  PARTITIONS: String(partitions),
});

/** Starts the built gateway with its defaults, but for the limit on messages. No worker runs beside it. */
export const startGateway = async (
  store: StoreAddress,
  env: Readonly<Record<string, string>> = {},
): Promise<MeasuredGateway> => {
  const [port = 0, internalPort = 0] = await freePorts(2);
  const internal = new HttpClient(`http://127.0.0.1:${internalPort}`);
  const settings = {
    ...storeEnv(store),
    HOST: '127.0.0.1',
    PORT: String(port),
    INTERNAL_PORT: String(internalPort),
    LOG_LEVEL: 'info',
    DEMO_AGENT: '0',
    MESSAGES_PER_10S: String(MESSAGES_MAX),
    SERVICES_PER_10S: '1000000',
    MESSAGES_PER_CHAT: String(MESSAGES_MAX),
    ...env,
  };
  const { pid, stop } = await startServer('apps/gateway/src/main.js', settings, () =>
    waitFor('the gateway to be ready', async () => {
      const reply = await internal.get('/readyz').catch(() => undefined);
      return reply?.status === 200;
    }),
  );
  return {
    pid,
    port,
    stop: async () => {
      internal.close();
      await stop();
    },
    counter: async (name) => {
      const { text } = await internal.get('/metrics');
      const samples = text.split('\n').filter((line) => line.startsWith(name) && /^[ {]/.test(line.slice(name.length)));
      if (samples.length === 0) return undefined;
      return samples.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
  };
};
