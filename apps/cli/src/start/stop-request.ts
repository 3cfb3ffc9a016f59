/** Signals that ask for an orderly end: Ctrl-C, a supervisor, a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes Ctrl-C on as a second signal at once; only a later one means "now", in milliseconds. */
const REPEAT_MS = 1_000;

/** How often a start under npm looks whether npm is still there, in milliseconds. */
const PARENT_LOOK_MS = 250;

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
  // The shell between npm and us takes SIGTERM for itself alone: that our parent is gone is then all we learn.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    heard();
  }, PARENT_LOOK_MS).unref();
  if (process.env['npm_lifecycle_event'] === undefined) clearInterval(watch);
  return {
    stop: stop.signal,
    hurry: hurry.signal,
    dispose: () => {
      clearInterval(watch);
      for (const signal of SIGNALS) process.off(signal, heard);
    },
  };
};
