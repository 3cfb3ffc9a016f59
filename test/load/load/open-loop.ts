import { HttpConnection } from '../driver/http-connection.js';
import { percentile } from '../measure/statistics.js';

export interface OpenLoad {
  readonly port: number;
  /** Whole HTTP/1.1 requests, sent in turn. */
  readonly requests: readonly string[];
  readonly perS: number;
  readonly seconds: number;
  /** Connections that may be in use at once; a request that finds none free waits for one, and its latency with it. */
  readonly connections: number;
}

/** What came of the requests with one status. */
export interface Answers {
  readonly count: number;
  readonly perS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface OpenResult {
  readonly sent: number;
  readonly byStatus: ReadonlyMap<number, Answers>;
}

/** How often it is looked which requests are due, in milliseconds. */
const LOOK_MS = 1;

interface Slot {
  connection: HttpConnection;
  dueMs: number;
}

/**
 * Sends requests at a rate, whether those before were answered or not, as many customers who know nothing of each other
 * do. A latency counts from the moment at which a request was due.
 */
export const runOpenLoop = async ({ port, requests, perS, seconds, connections }: OpenLoad): Promise<OpenResult> => {
  const bytes = requests.map((request) => Buffer.from(request));
  const free: Slot[] = [];
  const waiting: number[] = [];
  const latencies = new Map<number, number[]>();
  let [sent, answered] = [0, 0];
  let failed: Error | undefined;

  const send = (slot: Slot, dueMs: number): void => {
    slot.dueMs = dueMs;
    slot.connection.send(bytes[sent % bytes.length] ?? Buffer.alloc(0));
    sent += 1;
  };
  const openSlot = async (): Promise<void> => {
    const slot = { dueMs: 0 } as Slot;
    const onReply = (status: number): void => {
      const all = latencies.get(status);
      const latency = performance.now() - slot.dueMs;
      if (all === undefined) latencies.set(status, [latency]);
      else all.push(latency);
      answered += 1;
      const next = waiting.shift();
      if (next === undefined) free.push(slot);
      else send(slot, next);
    };
    slot.connection = await HttpConnection.open(port, onReply, (error) => (failed = error));
    free.push(slot);
    all.push(slot);
  };
  const all: Slot[] = [];
  for (let opened = 0; opened < connections; opened += 1) await openSlot();

  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  let due = 0;
  await new Promise<void>((resolve) => {
    const look = setInterval(() => {
      const nowMs = performance.now();
      const until = Math.floor(((Math.min(nowMs, endMs) - startMs) / 1_000) * perS);
      for (; due < until; due += 1) {
        const dueMs = startMs + (due / perS) * 1_000;
        // The one that has rested longest: servers close connections that nobody uses.
        const slot = free.shift();
        if (slot === undefined) waiting.push(dueMs);
        else send(slot, dueMs);
      }
      if (failed === undefined && (nowMs < endMs || answered < due)) return;
      clearInterval(look);
      resolve();
    }, LOOK_MS);
  });
  for (const { connection } of all) connection.close();
  if (failed !== undefined) throw failed;
  const elapsedS = (performance.now() - startMs) / 1_000;
  return {
    sent,
    byStatus: new Map(
      [...latencies].map(([status, each]) => {
        const sorted = Float64Array.from(each).sort();
        const figures = { p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
        return [status, { count: each.length, perS: each.length / elapsedS, ...figures }];
      }),
    ),
  };
};
