/** Signals that ask for an orderly end: Ctrl-C, a supervisor, a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes Ctrl-C on as a second signal at once; only a later one means "now", in milliseconds. */
const REPEAT_MS = 1_000;

/** What the person or supervisor outside wants. */
export interface StopRequest {
  /** Aborts at the first request. */
  readonly stop: AbortSignal;
  /** Aborts at a second request a second or more later. */
  readonly hurry: AbortSignal;
  readonly dispose: () => void;
}

/** Listens for requests to stop from the system. */
export const listenForStop = (): StopRequest => {
  const stop = new AbortController();
  const hurry = new AbortController();
  let firstAtMs: number | undefined;
  const heard = (): void => {
    firstAtMs ??= Date.now();
    if (stop.signal.aborted && Date.now() - firstAtMs >= REPEAT_MS) hurry.abort();
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, heard);
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    dispose: () => {
      for (const signal of SIGNALS) process.off(signal, heard);
    },
  };
};
