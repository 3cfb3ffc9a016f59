import type { BayeuxTime } from '../time.js';

interface Timer {
  readonly periodMs: number;
  readonly tick: () => void;
  dueMs: number;
}

/** Time that stands still until a test moves it. */
export class ManualTime implements BayeuxTime {
  private now = 0;
  private readonly timers = new Set<Timer>();

  /** How many timers are running. */
  get running(): number {
    return this.timers.size;
  }

  nowMs(): number {
    return this.now;
  }

  every(periodMs: number, tick: () => void): () => void {
    const timer = { periodMs, tick, dueMs: this.now + periodMs };
    this.timers.add(timer);
    return () => {
      this.timers.delete(timer);
    };
  }

  /** Moves on, and lets everything happen that is due on the way. */
  advance(ms: number): void {
    const endMs = this.now + ms;
    for (;;) {
      const [next] = [...this.timers].sort((one, other) => one.dueMs - other.dueMs);
      if (next === undefined || next.dueMs > endMs) break;
      this.now = next.dueMs;
      next.dueMs += next.periodMs;
      next.tick();
    }
    this.now = endMs;
  }
}
