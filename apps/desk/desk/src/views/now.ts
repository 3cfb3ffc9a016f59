import { useEffect, useState } from 'preact/hooks';

const SECOND_MS = 1_000;
const listeners = new Set<(nowMs: number) => void>();
let timer: number | undefined;

const tick = (): void => {
  const nowMs = Date.now();
  for (const listener of listeners) listener(nowMs);
};

/** Local time, anew each second; one timer for the whole page. */
export const useNow = (): number => {
  const [nowMs, setNow] = useState(Date.now);
  useEffect(() => {
    listeners.add(setNow);
    timer ??= window.setInterval(tick, SECOND_MS);
    return () => {
      listeners.delete(setNow);
      if (listeners.size > 0) return;
      window.clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return nowMs;
};
