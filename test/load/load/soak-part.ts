import { setTimeout as pause } from 'node:timers/promises';
import { candidates } from '../push/candidate.js';
import { PushDriver } from '../push/push-driver.js';
import { Contestant } from '../push/push-round.js';
import { rssBytes } from '../measure/memory.js';
import { startChats } from '../measure/sessions.js';
import { formRequest } from '../driver/load.js';
import type { LoadOptions } from './load-options.js';
import { runOpenLoop } from './open-loop.js';

const HELD_MAX = 500;
const HELD_PER_S = 100;
const WRITES_PER_S = 100;
const SESSIONS = 200;
const CONNECTIONS = 100;
/** One sample in so many seconds, and so much of the time is warm-up. */
const SAMPLE_S = 5;
const WARM_UP = 0.3;
const MB = 1_048_576;

interface Sample {
  readonly minutes: number;
  readonly bytes: number;
}

/** The slope of the line through samples that has the least squares, per minute. */
export const slopeOf = (samples: readonly Sample[]): number => {
  const count = samples.length;
  const meanX = samples.reduce((sum, { minutes }) => sum + minutes, 0) / count;
  const meanY = samples.reduce((sum, { bytes }) => sum + bytes, 0) / count;
  const above = samples.reduce((sum, { minutes, bytes }) => sum + (minutes - meanX) * (bytes - meanY), 0);
  const below = samples.reduce((sum, { minutes }) => sum + (minutes - meanX) ** 2, 0);
  return above / below;
};

/** The same load for a long time: whether memory grows. */
export const soakPart = async ({ soakMinutes, held }: LoadOptions): Promise<string> => {
  const users = Math.min(held, HELD_MAX);
  const driver = PushDriver.start();
  const candidate = await candidates(users)[0]?.();
  if (candidate === undefined) throw new Error('the product is the first of the candidates');
  let contestant: Contestant | undefined;
  try {
    contestant = await Contestant.connect(candidate, driver, 'long-polling', users);
    const ids = await startChats(candidate.port, SESSIONS);
    const requests = ids.map((id) => formRequest(`/genesys/1/service/${id}/ixn/chat/refresh`, 'message=Hi+there'));
    const seconds = soakMinutes * 60;
    const samples: Sample[] = [];
    const startMs = performance.now();
    const over = new AbortController();
    const sampling = (async () => {
      while (!over.signal.aborted) {
        samples.push({ minutes: (performance.now() - startMs) / 60_000, bytes: rssBytes(candidate.pid) });
        await pause(Math.min(SAMPLE_S, seconds / 10) * 1_000);
      }
    })();
    const { port } = candidate;
    await Promise.all([
      contestant.run({ perS: HELD_PER_S }, seconds),
      runOpenLoop({ port, requests, perS: WRITES_PER_S, seconds, connections: CONNECTIONS }),
    ]);
    over.abort();
    await sampling;
    const warm = samples.filter(({ minutes }) => minutes >= soakMinutes * WARM_UP);
    const [first, last] = [warm[0]?.bytes ?? 0, warm.at(-1)?.bytes ?? 0];
    return `soak: ${soakMinutes} min, ${users} held, ${HELD_PER_S} + ${WRITES_PER_S} messages/s: RSS ${(first / MB).toFixed(1)} → ${(last / MB).toFixed(1)} MB after warm-up, slope ${((slopeOf(warm) * 10) / MB).toFixed(2)} MB in 10 min\n`;
  } finally {
    await driver.stop();
    await contestant?.stop();
    await candidate.stopServer();
    await candidate.store?.redis.stop();
  }
};
