/** Messages are kept again so long after a master has gone, in milliseconds. */
const BACK_MS = 5_000;
/** How much of it is ours: the time from a new master to the first message, in milliseconds. */
const OWN_MS = 2_000;

/**
 * The longest that a chat may be without a kept message. A machine that has better things to do delays the election as
 * well, of which we see only the end.
 * @param electedMs - after what time Redis had a new master
 */
export const backWithinMs = (electedMs: number): number => Math.max(BACK_MS, electedMs + OWN_MS);
