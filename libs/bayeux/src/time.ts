/** Where the protocol has its time from. */
export interface BayeuxTime {
  /** Milliseconds that only grow. */
  nowMs(): number;
  /** Calls back again and again; gives what stops it. */
  every(periodMs: number, tick: () => void): () => void;
}

export const systemTime: BayeuxTime = {
  nowMs: () => performance.now(),
  every: (periodMs, tick) => {
    const timer = setInterval(tick, periodMs);
    timer.unref();
    return () => {
      clearInterval(timer);
    };
  },
};
