import type { Driver } from '../driver/driver.js';
import type { Load, RoundEnd } from '../driver/load.js';
import { cpuTimeUs } from './cpu-time.js';
import { median, sum } from './statistics.js';

/** What one round cost: processor time in microseconds per request, and how it looked to the clients. */
export interface Cost {
  readonly serverUs: number;
  readonly redisUs: number;
  readonly requests: number;
  readonly requestsPerS: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly bodyBytes: number;
}

/** Which processes' time counts. */
export interface Payers {
  readonly servers: readonly number[];
  readonly redis: number;
}

/** Runs a round and measures what it costs the servers and Redis. */
export const measureRound = async (
  driver: Driver,
  load: Load,
  end: RoundEnd,
  payers: Payers,
  onProgress?: (replies: number) => void,
): Promise<Cost> => {
  const serversUs = (): number => sum(payers.servers.map(cpuTimeUs));
  let serverUs = 0;
  let redisUs = 0;
  const around = (): (() => void) => {
    serverUs -= serversUs();
    redisUs -= cpuTimeUs(payers.redis);
    return () => {
      serverUs += serversUs();
      redisUs += cpuTimeUs(payers.redis);
    };
  };
  const { requests, elapsedMs, p50Ms, p99Ms, bodyBytes } = await driver.run(load, end, around, onProgress);
  return {
    serverUs: serverUs / requests,
    redisUs: redisUs / requests,
    requests,
    requestsPerS: (requests / elapsedMs) * 1000,
    p50Ms,
    p99Ms,
    bodyBytes,
  };
};

export const sumUs = ({ serverUs, redisUs }: Cost): number => serverUs + redisUs;

/** Each figure's median over the rounds. */
export const medianCost = (costs: readonly Cost[]): Cost => {
  const of = (figure: (cost: Cost) => number): number => median(costs.map(figure));
  return {
    serverUs: of((cost) => cost.serverUs),
    redisUs: of((cost) => cost.redisUs),
    requests: of((cost) => cost.requests),
    requestsPerS: of((cost) => cost.requestsPerS),
    p50Ms: of((cost) => cost.p50Ms),
    p99Ms: of((cost) => cost.p99Ms),
    bodyBytes: of((cost) => cost.bodyBytes),
  };
};

/** Ratio of two servers' sums, round by round. */
export const ratiosOfSums = (costs: readonly Cost[], yardstick: readonly Cost[]): number[] =>
  costs.map((cost, round) => sumUs(cost) / sumUs(yardstick[round] ?? cost));
