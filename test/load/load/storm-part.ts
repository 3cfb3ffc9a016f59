import { waitFor } from '../../support/http.js';
import { startStore } from '../measure/bench-store.js';
import { startGateway } from '../measure/gateway.js';
import { PushDriver } from '../push/push-driver.js';
import { startUserChats } from '../push/user-chats.js';
import type { LoadOptions } from './load-options.js';

/** All clients come from one address here. */
const ENV = { COMET_HANDSHAKES_PER_SECOND: '1000000' };
const LIMIT_MS = 60_000;
const HELD = 'parley_cometd_held_connects';

/** A gateway dies with all its held connects, and all its clients come to the other one at the same time. */
export const stormPart = async ({ held }: LoadOptions): Promise<string> => {
  const store = await startStore('storm');
  const driver = PushDriver.start();
  const gateways = [await startGateway(store, ENV), await startGateway(store, ENV)] as const;
  try {
    const [first, second] = gateways;
    await startUserChats(first.port, held);
    const endpoint = { dialect: 'parley', transport: 'long-polling' } as const;
    await driver.open('before', { ...endpoint, port: first.port }, held);
    await waitFor('all to be held', async () => (await first.counter(HELD)) === held, LIMIT_MS);
    process.kill(first.pid, 'SIGKILL');
    const diedMs = performance.now();
    // New clients of the same users, all at once: a handshake, a subscription and a connect each, which is the dearest way back.
    await driver.open('after', { ...endpoint, port: second.port }, held);
    await waitFor('all to be held again', async () => ((await second.counter(HELD)) ?? 0) >= held, LIMIT_MS);
    const seconds = (performance.now() - diedMs) / 1_000;
    return `storm: ${held} clients of a killed gateway are back at the other one after ${seconds.toFixed(1)} s\n`;
  } finally {
    await driver.stop();
    for (const { stop } of gateways) await stop();
    await store.redis.stop();
  }
};
