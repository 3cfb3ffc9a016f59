import type { HoldRequest, HoldSignal } from './engine.js';

/**
 * Why a hold ends before anything came: its time is up, its socket closed, its user has too many others, its client
 * disconnects, or this gateway drains.
 */
export type HoldEnd = 'time' | 'gone' | 'released' | 'disconnected' | 'drained';

/** A connect on its way through the engine: request, signal and place in the books in one small object. */
export class Hold implements HoldRequest, HoldSignal {
  ending: HoldEnd | undefined;
  /** Which sweep ends it; -1 while it is not held. */
  slot = -1;
  private listeners: (() => void)[] | undefined;

  constructor(
    readonly clientId: string,
    readonly user: string,
    readonly ack: number | undefined,
    readonly isImmediate: boolean,
  ) {}

  get signal(): HoldSignal {
    return this;
  }

  get aborted(): boolean {
    return this.ending !== undefined;
  }

  addEventListener(_type: 'abort', listener: () => void): void {
    (this.listeners ??= []).push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners = this.listeners?.filter((other) => other !== listener);
  }

  end(ending: HoldEnd): void {
    if (this.ending !== undefined) return;
    this.ending = ending;
    const { listeners } = this;
    this.listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
