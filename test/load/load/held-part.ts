import { table } from '../measure/table.js';
import { BARE_CURSORS, type Candidate, candidates, PRODUCT } from '../push/candidate.js';
import { PushDriver } from '../push/push-driver.js';
import { Contestant } from '../push/push-round.js';
import type { LoadOptions } from './load-options.js';

/** Of the servers of the push benchmark: the product, and the bare one that keeps a place for each user. */
const COMPARED = [PRODUCT, BARE_CURSORS];
const ORDER = [0, 2] as const;

/** Held connects and messages that come for them: from sending to delivery; beside the bare holder. */
export const heldPart = async ({ held, heldPerS, seconds }: LoadOptions): Promise<string> => {
  const rows: string[][] = [];
  const p99s: number[] = [];
  for (const [index, at] of ORDER.entries()) {
    const driver = PushDriver.start();
    let candidate: Candidate | undefined;
    let contestant: Contestant | undefined;
    try {
      candidate = await candidates(held)[at]?.();
      if (candidate === undefined) throw new Error(`there is no candidate ${COMPARED[index] ?? ''}`);
      contestant = await Contestant.connect(candidate, driver, 'long-polling', held);
      await contestant.run({ perS: heldPerS }, seconds / 4);
      const { cost } = await contestant.run({ perS: heldPerS }, seconds);
      p99s.push(cost.p99Ms);
      rows.push([candidate.name, `${cost.requestsPerS.toFixed(0)}/s`, cost.p50Ms.toFixed(1), cost.p99Ms.toFixed(1)]);
    } finally {
      await driver.stop();
      await contestant?.stop();
      await candidate?.stopServer();
      await candidate?.store?.redis.stop();
    }
  }
  const [product = 0, bare = 0] = p99s;
  const head = [`server, ${held} held connects`, 'delivered', 'p50 ms', 'p99 ms'];
  return `${table(head, rows)}\n\nheld, p99 at ${heldPerS} messages/s: ${product.toFixed(1)} ms, ${(product / bare).toFixed(2)} × the bare holder\n`;
};
