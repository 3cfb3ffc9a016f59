import type { MachineRun } from '../machine/run-machine.js';
import type { Words } from '../machine/exploration.js';

/** What the thread is asked: to run or to check a version of a logic. */
export interface ThreadCall {
  readonly id: number;
  readonly hash: string;
  readonly source: string;
  readonly work: { readonly run: MachineRun } | { readonly check: Words };
}

/**
 * What the thread says: `ready` once; for each call `started` when the logic's own code is about to run, and then
 * `answer` with JSON of an Answer; or `broken` when the fault is the server's.
 */
export type ThreadWord =
  | { readonly word: 'ready' }
  | { readonly word: 'started'; readonly id: number }
  | { readonly word: 'answer'; readonly id: number; readonly json: string }
  | { readonly word: 'broken'; readonly id: number; readonly message: string };
