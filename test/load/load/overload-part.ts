import { setTimeout as pause } from 'node:timers/promises';
import { Driver } from '../driver/driver.js';
import { formRequest } from '../driver/load.js';
import { startStore } from '../measure/bench-store.js';
import { startGateway } from '../measure/gateway.js';
import { startChats } from '../measure/sessions.js';
import { table } from '../measure/table.js';
import { writeLoad } from '../write/write-load.js';
import type { LoadOptions } from './load-options.js';
import { runFlood } from './flood.js';
import { type OpenResult, runOpenLoop } from './open-loop.js';

/** Of what the gateway can do, measured just before. */
const TIMES = 1.5;
/** A customer like any other beside them, whose own process has nothing else to do. */
const BESIDE = { perS: 100, connections: 50 };
const PROBES = 20;
const PROBE_PAUSE_MS = 50;

/** More requests than a gateway can answer: how long those wait that it takes, and those that it turns away. */
export const overloadPart = async ({ seconds, chats, floodConnections }: LoadOptions): Promise<string> => {
  const store = await startStore('overload');
  const driver = Driver.start();
  const gateway = await startGateway(store);
  try {
    const ids = await startChats(gateway.port, chats);
    const full = await driver.run(writeLoad([gateway.port], ids), { seconds: Math.min(seconds, 5) });
    const capacity = (full.requests / full.elapsedMs) * 1_000;
    const requests = ids.map((id) => formRequest(`/genesys/1/service/${id}/ixn/chat/refresh`, 'message=Hi+there'));
    const { port } = gateway;
    const loadSeconds = Math.min(seconds, 10);
    const [flood, beside] = await Promise.all([
      runFlood({ port, requests, perS: capacity * TIMES, seconds: loadSeconds, connections: floodConnections }),
      runOpenLoop({ port, requests, seconds: loadSeconds, ...BESIDE }),
    ]);
    const endedMs = performance.now();
    const recoveredMs = await recovery(port, ids, endedMs);
    const rows = [...rowsOf('the flood', flood), ...rowsOf('beside it', beside)];
    const head = [`${TIMES} × the ${capacity.toFixed(0)}/s that it can do`, 'status', 'answers', 'p50 ms', 'p99 ms'];
    return `${table(head, rows)}\n\noverload: recovered ${(recoveredMs / 1_000).toFixed(2)} s after it\n`;
  } finally {
    await driver.stop();
    await gateway.stop();
    await store.redis.stop();
  }
};

const rowsOf = (who: string, { byStatus }: OpenResult): string[][] =>
  [...byStatus].map(([status, { perS, p50Ms, p99Ms }]) => [
    ...[who, String(status), `${perS.toFixed(0)}/s`, p50Ms.toFixed(1), p99Ms.toFixed(1)],
  ]);

/** Until so many requests in a row are answered 200. */
const recovery = async (port: number, ids: readonly string[], sinceMs: number): Promise<number> => {
  let inARow = 0;
  for (let probe = 0; inARow < PROBES; probe += 1) {
    const url = `http://127.0.0.1:${port}/genesys/1/service/${ids[probe % ids.length] ?? ''}/ixn/chat/refresh`;
    const { status } = await fetch(url, { method: 'POST' });
    inARow = status === 200 ? inARow + 1 : 0;
    if (status !== 200) await pause(PROBE_PAUSE_MS);
  }
  return performance.now() - sinceMs;
};
