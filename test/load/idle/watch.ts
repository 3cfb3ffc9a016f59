import { setTimeout as pause } from 'node:timers/promises';
import { cpuTimeUs } from '../measure/cpu-time.js';
import { rssBytes } from '../measure/memory.js';
import type { Transport } from '../push/clients/push-client.js';
import type { PushDriver } from '../push/push-driver.js';
import type { IdleOptions } from './idle-options.js';
import type { IdleServer } from './idle-server.js';

/** Shares of one core. */
export interface CpuShare {
  readonly server: number;
  readonly redis: number;
}

/** What holding connections costs. */
export interface Idle {
  /** Memory that one more connection takes, in bytes. */
  readonly bytesEach: number;
  /** The same before garbage was collected. */
  readonly uncollectedBytesEach: number;
  /** While nothing comes and no hold ends. */
  readonly idle: CpuShare;
  /** Answers during that watch; some when holds ended earlier than reckoned. */
  readonly answersMeanwhile: number;
  /** What ends of holds and the next connects add, with all users connected; undefined where holds do not end. */
  readonly renewal: CpuShare | undefined;
}

/** How often it is looked whether all holds have ended, in milliseconds. */
const LOOK_MS = 250;
/** Holds end within their time and this much more, in seconds. */
const LATE_S = 20;
/** Each hold of this share of the users is waited for: a few may have been renewed in between. */
const ALL = 0.99;

interface Times {
  readonly atMs: number;
  readonly serverUs: number;
  readonly redisUs: number;
  readonly answered: number;
}

/** Connects users to a server and watches what it costs to hold them. */
export const watchIdle = async (
  driver: PushDriver,
  name: string,
  server: IdleServer,
  transport: Transport,
  { firstUsers, users, seconds, holdSeconds, settleMs }: IdleOptions,
): Promise<Idle> => {
  const { pid, port, dialect, store } = server;
  const endpoint = { port, dialect, transport };
  const times = async (): Promise<Times> => ({
    atMs: performance.now(),
    serverUs: cpuTimeUs(pid),
    redisUs: cpuTimeUs(store.redis.pid),
    answered: await driver.answered(name),
  });
  const collect = async (): Promise<number> => {
    for (const _ of ['what was needed', 'what that held']) {
      process.kill(pid, 'SIGUSR2');
      await pause(settleMs);
    }
    return rssBytes(pid);
  };

  await driver.open(name, endpoint, firstUsers);
  await pause(settleMs);
  const uncollectedFirst = rssBytes(pid);
  const first = await collect();
  await driver.add(name, endpoint, firstUsers, users);
  await pause(settleMs);
  const uncollected = rssBytes(pid);
  const all = await collect();

  const begun = await times();
  await pause(seconds * 1_000);
  const watched = await times();
  const idle = shareBetween(begun, watched);

  const more = users - firstUsers;
  const figures = {
    bytesEach: (all - first) / more,
    uncollectedBytesEach: (uncollected - uncollectedFirst) / more,
    idle,
    answersMeanwhile: watched.answered - begun.answered,
  };
  if (dialect === 'bare' && transport === 'websocket') return { ...figures, renewal: undefined };

  let last = watched;
  const limitMs = watched.atMs + (holdSeconds + LATE_S) * 1_000;
  while (last.answered - begun.answered < ALL * users && last.atMs < limitMs) {
    await pause(LOOK_MS);
    last = await times();
  }
  const renewed = last.answered - watched.answered;
  if (renewed === 0) throw new Error(`${name}: no hold ended within ${holdSeconds} seconds`);
  const during = shareBetween(watched, last);
  // As many renewals come in a second as there are users, divided by the time of a hold.
  const perRenewalS = (last.atMs - watched.atMs) / 1_000 / renewed;
  const steady = (share: number, idleShare: number): number =>
    (share - idleShare) * perRenewalS * (users / holdSeconds);
  return {
    ...figures,
    renewal: { server: steady(during.server, idle.server), redis: steady(during.redis, idle.redis) },
  };
};

const shareBetween = (from: Times, to: Times): CpuShare => {
  const us = (to.atMs - from.atMs) * 1_000;
  return { server: (to.serverUs - from.serverUs) / us, redis: (to.redisUs - from.redisUs) / us };
};
