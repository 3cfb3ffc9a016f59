import type { Hold } from './hold.js';
import type { BayeuxTime } from './time.js';

/** How exactly holds end in time, in milliseconds. All of them share one timer, and there is none while nothing is held. */
const SWEEP_MS = 250;

export interface HoldsOptions {
  /** How long a connect is held at most, in milliseconds. */
  readonly holdMs: number;
  /** Held connects of one user; one more releases the oldest. */
  readonly heldPerUser: number;
  readonly time: BayeuxTime;
}

/** The connects that are held here. */
export class Holds {
  private readonly bySlot = new Map<number, Set<Hold>>();
  private readonly byUser = new Map<string, Hold[]>();
  private stopSweeping: (() => void) | undefined;
  private held = 0;

  constructor(private readonly options: HoldsOptions) {}

  get size(): number {
    return this.held;
  }

  /** @param timeoutMs - what the client asks for; it may shorten the time */
  open(hold: Hold, timeoutMs: number | undefined): void {
    const { holdMs, heldPerUser, time } = this.options;
    const endMs = time.nowMs() + Math.min(holdMs, timeoutMs ?? holdMs);
    hold.slot = Math.ceil(endMs / SWEEP_MS);
    const slot = this.bySlot.get(hold.slot);
    if (slot === undefined) this.bySlot.set(hold.slot, new Set([hold]));
    else slot.add(hold);
    const ofUser = this.byUser.get(hold.user);
    if (ofUser === undefined) this.byUser.set(hold.user, [hold]);
    else ofUser.push(hold);
    this.held += 1;
    this.stopSweeping ??= time.every(SWEEP_MS, this.sweep);
    if (ofUser === undefined) return;
    // Those that have ended already are on their way out.
    const waiting = ofUser.filter(({ aborted }) => !aborted);
    if (waiting.length > heldPerUser) waiting[0]?.end('released');
  }

  close(hold: Hold): void {
    const slot = this.bySlot.get(hold.slot);
    if (slot?.delete(hold) !== true) return;
    if (slot.size === 0) this.bySlot.delete(hold.slot);
    const ofUser = this.byUser.get(hold.user) ?? [];
    if (ofUser.length < 2) this.byUser.delete(hold.user);
    else ofUser.splice(ofUser.indexOf(hold), 1);
    this.held -= 1;
    if (this.held > 0) return;
    this.stopSweeping?.();
    this.stopSweeping = undefined;
  }

  /** Ends what is held of a client that disconnects. */
  disconnect(clientId: string, user: string): void {
    for (const hold of this.byUser.get(user) ?? []) if (hold.clientId === clientId) hold.end('disconnected');
  }

  drain(): void {
    for (const slot of this.bySlot.values()) for (const hold of slot) hold.end('drained');
  }

  private readonly sweep = (): void => {
    const now = this.options.time.nowMs() / SWEEP_MS;
    for (const [slot, holds] of this.bySlot) {
      if (slot <= now) for (const hold of holds) hold.end('time');
    }
  };
}
