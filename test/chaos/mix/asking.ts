import { setTimeout as pause } from 'node:timers/promises';
import type { HttpReply } from '../../support/http.js';
import type { TryOutcome } from './history.js';
import type { World } from './world.js';

/** Between two tries, in milliseconds. */
export const AGAIN_MS = 50;
/** How long one try may take, in milliseconds: longer than a gateway waits for Redis. */
export const TRY_LIMIT_MS = 8_000;
/** A 503 takes no longer than this: the deadline of a request, with a margin for a busy machine, in milliseconds. */
export const REFUSAL_LIMIT_MS = 3_000 + 2_000;

/** An answer, or undefined when none came. */
export type Answer = HttpReply | undefined;

/** What an answer says about a write; whatever may not be answered at all is a failure. */
const outcomeOf = ({ failures, counts }: World, what: string, answer: Answer, tookMs: number): TryOutcome => {
  if (answer === undefined) return 'unknown';
  const { status, headers } = answer;
  if (status === 200) return 'kept';
  if (status === 503) {
    if (tookMs > REFUSAL_LIMIT_MS) failures.add(`${what}: the 503 took ${Math.round(tookMs)} ms`);
    counts.unavailable += 1;
    counts.slowest503Ms = Math.max(counts.slowest503Ms, tookMs);
    // A 503 that does not ask to come again is a rule of the chat, told at once.
    return headers['retry-after'] === undefined ? 'refused' : 'unknown';
  }
  if (status >= 500) failures.add(`${what}: answered ${status} ${answer.text.slice(0, 200)}`);
  return status >= 500 ? 'unknown' : 'refused';
};

/** Asks, and takes a dead connection or silence for no answer. */
export const ask = async (
  world: World,
  what: string,
  send: () => Promise<HttpReply>,
): Promise<{ readonly answer: Answer; readonly outcome: TryOutcome; readonly tookMs: number }> => {
  const begunMs = performance.now();
  const answer = await send().catch((error: unknown) => {
    // Errors of the network have a code or a name of their own; others are complaints about an answer.
    const { code, name, message } = error as NodeJS.ErrnoException;
    if (code === undefined && name !== 'AbortError' && name !== 'TimeoutError') {
      world.failures.add(`${what}: ${message}`);
    }
    return undefined;
  });
  const tookMs = performance.now() - begunMs;
  return { answer, tookMs, outcome: outcomeOf(world, what, answer, tookMs) };
};

/**
 * Asks one gateway after the other until one answers for certain.
 * @param first - the gateway that is asked first
 * @returns the answer; undefined when there was none in time
 */
export const askUntilAnswered = async (
  world: World,
  what: string,
  first: number,
  send: (gateway: number) => Promise<HttpReply>,
  limitMs = 60_000,
): Promise<Answer> => {
  const endMs = performance.now() + limitMs;
  for (let turn = first; performance.now() < endMs; turn += 1) {
    const { answer, outcome } = await ask(world, what, () => send(turn % world.gateways.length));
    if (outcome !== 'unknown') return answer;
    await pause(AGAIN_MS);
  }
  return undefined;
};
