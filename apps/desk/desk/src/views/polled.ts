import { useEffect, useState } from 'preact/hooks';
import { useSession } from './desk-context.js';

/** How often, in milliseconds. */
const EVERY_MS = 5_000;

export interface Polled<T> {
  /** Undefined until the first answer. */
  readonly value: T | undefined;
  readonly problem: string | null;
}

/** Asks for something again and again while the page is looked at. */
export const usePolled = <T>(path: string): Polled<T> => {
  const session = useSession();
  const [polled, setPolled] = useState<Polled<T>>({ value: undefined, problem: null });
  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const ask = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const value = await session.api.get<T>(path, abort.signal);
          setPolled({ value, problem: null });
        } catch (error) {
          if (abort.signal.aborted || session.expired(error)) return;
          setPolled(({ value }) => ({ value, problem: error instanceof Error ? error.message : String(error) }));
        }
      }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      abort.abort();
      window.clearTimeout(timer);
    };
  }, [path]);
  return polled;
};
