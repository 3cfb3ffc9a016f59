import type { BareReady } from '../bare-process.js';
import { type StoreAddress, storeEnv, startGateway } from '../measure/gateway.js';
import { firstMessage, startServer } from '../measure/processes.js';
import { startChats } from '../measure/sessions.js';

/** A server that takes messages, with sessions to send them to. */
export interface WriteServer {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly ids: readonly string[];
  readonly stop: () => Promise<void>;
}

/** The product. */
export const startProduct = async (store: StoreAddress, sessions: number): Promise<WriteServer> => {
  const gateway = await startGateway(store);
  return { name: 'Parley gateway', ...gateway, ids: await startChats(gateway.port, sessions) };
};

/** One of the small servers around the same append. */
export const startSmallServer = async (
  name: string,
  script: string,
  store: StoreAddress,
  sessions: number,
): Promise<WriteServer> => {
  const env = { ...storeEnv(store), SESSIONS: String(sessions) };
  const { pid, stop, said } = await startServer(script, env, (child) => firstMessage<BareReady>(child));
  return { name, pid, stop, ...said };
};

export const startBare = (store: StoreAddress, sessions: number): Promise<WriteServer> =>
  startSmallServer('bare node:http', 'test/load/bare-write-server.js', store, sessions);
