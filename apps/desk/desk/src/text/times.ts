const two = (value: number): string => String(value).padStart(2, '0');

/** `14:05`, in the agent's own time zone. */
export const clockTime = (iso: string): string => {
  const date = new Date(iso);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** The agent's own day, to tell days apart: `2026-11-23`. */
export const dayKey = (iso: string): string => {
  const date = new Date(iso);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** `Today`, `Yesterday`, else `Monday, 23 November 2026`. */
export const dayName = (iso: string, nowMs: number): string => {
  const key = dayKey(iso);
  if (key === dayKey(new Date(nowMs).toISOString())) return 'Today';
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  return key === dayKey(yesterday.toISOString()) ? 'Yesterday' : DAY.format(new Date(iso));
};

/** `23 Nov 2026, 14:05`. */
export const moment = (iso: string): string => MOMENT.format(new Date(iso));

/** `0:07`, `12:40`, `1:02:03`. @param ms - below zero counts as zero */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};

/** How long a customer may wait before it is worth a look, and before it is bad; in milliseconds. */
export const WAIT_LIMITS = { longMs: 60_000, tooLongMs: 120_000 } as const;

export type WaitLevel = 'short' | 'long' | 'too-long';

export const waitLevel = (waitedMs: number): WaitLevel => {
  if (waitedMs >= WAIT_LIMITS.tooLongMs) return 'too-long';
  return waitedMs >= WAIT_LIMITS.longMs ? 'long' : 'short';
};
