import type { BayeuxTime } from './time.js';

/** What a client is told to do next. */
export interface Advice {
  /** Milliseconds before the next connect. */
  readonly interval?: number;
  readonly reconnect: 'retry' | 'handshake' | 'none';
  /** How long the next connect may take at most, in milliseconds. */
  readonly timeout?: number;
}

export const HANDSHAKE_AGAIN: Advice = { interval: 0, reconnect: 'handshake' };
export const GIVE_UP: Advice = { reconnect: 'none' };

/** Clients keep an advice until the next one; so they hear it again after this time, in milliseconds. */
const REMEMBERED_MS = 60_000;

/**
 * Who has heard the advice here lately. A client that comes from a gateway that told it to take its time, when that one
 * drained, must hear that it need not wait any longer.
 */
export class Advised {
  private young = new Set<string>();
  private old = new Set<string>();
  private turnedMs: number;

  constructor(private readonly time: BayeuxTime) {
    this.turnedMs = time.nowMs();
  }

  /** True when the client is to be told now. */
  isNews(clientId: string): boolean {
    const nowMs = this.time.nowMs();
    if (nowMs - this.turnedMs >= REMEMBERED_MS) {
      this.old = nowMs - this.turnedMs >= 2 * REMEMBERED_MS ? new Set() : this.young;
      this.young = new Set();
      this.turnedMs = nowMs;
    }
    if (this.young.has(clientId) || this.old.has(clientId)) return false;
    this.young.add(clientId);
    return true;
  }

  forget(clientId: string): void {
    this.young.delete(clientId);
    this.old.delete(clientId);
  }
}
