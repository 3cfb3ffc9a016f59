import { median } from '../measure/statistics.js';

/** Runs of each measurement; the median counts. */
const RUNS = 7;

let sink: unknown;

/** Time of one call in microseconds, the median of several runs; the code is warm before the first. */
export const timeOf = (call: () => unknown, runMs: number): number => {
  const runFor = (limitMs: number): number => {
    const startedMs = performance.now();
    let calls = 0;
    let elapsedMs = 0;
    while (elapsedMs < limitMs) {
      for (let index = 0; index < 100; index += 1) sink = call();
      calls += 100;
      elapsedMs = performance.now() - startedMs;
    }
    return (elapsedMs / calls) * 1000;
  };
  runFor(runMs);
  return median(Array.from({ length: RUNS }, () => runFor(runMs)));
};

/** What was measured last: keeping it keeps the compiler from leaving the work out. */
export const lastResult = (): unknown => sink;
