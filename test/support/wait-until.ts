import { setTimeout as pause } from 'node:timers/promises';

/** Pause between two looks, in milliseconds. */
const LOOK_EVERY_MS = 10;

/**
 * Looks until a condition holds; a truthy value is what it found.
 * @param what - what is waited for, for the error
 * @throws when time is up
 */
export const waitUntil = async <T>(
  what: string,
  look: () => Promise<T> | T,
  timeoutMs = 5_000,
): Promise<Exclude<T, false | null | undefined | 0 | ''>> => {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, false | null | undefined | 0 | ''>;
    if (performance.now() >= endMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
};
