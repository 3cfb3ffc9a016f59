import type { BareReady } from '../bare-process.js';
import { type StoreAddress, storeEnv, startGateway } from '../measure/gateway.js';
import { firstMessage, startServer } from '../measure/processes.js';
import { startChats } from '../measure/sessions.js';

/** The product writes a checkpoint once in so many events: its sessions must not all do so in the same round. */
const CHECKPOINT_EVERY = 64;
/** Enough to warm a small server up; how long its sessions are means nothing to it. */
const SMALL_SPREAD = 16;

/** A server that takes messages, with sessions to send them to. */
export interface WriteServer {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly ids: readonly string[];
  /** Before the rounds its sessions are brought to lengths of 0 to so many messages. */
  readonly spread: number;
  readonly stop: () => Promise<void>;
}

/** The product. */
export const startProduct = async (store: StoreAddress, sessions: number): Promise<WriteServer> => {
  const gateway = await startGateway(store);
  const ids = await startChats(gateway.port, sessions);
  return { name: 'Parley gateway', ...gateway, ids, spread: CHECKPOINT_EVERY };
};

/** One of the small servers around the same append. */
export const startSmallServer = async (
  name: string,
  script: string,
  store: StoreAddress,
  sessions: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<WriteServer> => {
  const env = { ...storeEnv(store), SESSIONS: String(sessions), ...settings };
  const { pid, stop, said } = await startServer(script, env, (child) => firstMessage<BareReady>(child));
  return { name, pid, stop, ...said, spread: SMALL_SPREAD };
};

export const startBare = (store: StoreAddress, sessions: number): Promise<WriteServer> =>
  startSmallServer('bare node:http', 'test/load/bare-write-server.js', store, sessions);
