import type { ServerResponse } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import { OVERLOADED } from '../errors/error-table.js';

export interface OverloadLimits {
  /** Requests that may be in work at once. */
  readonly inFlightMax: number;
  /** How late the event loop may be while many requests are in work, in milliseconds. */
  readonly lagMaxMs: number;
}

/** What the guard watches; tests pass their own. */
export interface ProcessSigns {
  /** Monotonic, in milliseconds. */
  nowMs(): number;
  /** Share of the memory that this process may take which is taken, 0 to 1. */
  heapShare(): number;
}

/** Why a request is turned away. */
export type ShedReason = 'in-flight' | 'lag' | 'memory';

/** How often the event loop has to come by, in milliseconds. */
const TICK_MS = 5;
/** How often memory is looked at, in milliseconds. */
const MEMORY_EVERY_MS = 250;
/** Share of the memory from which on nothing more is taken in: garbage is collected all the time beyond it. */
const HEAP_SHARE_MAX = 0.9;
/** A pause for garbage is no overload as long as few requests are in work: this part of those allowed. */
const FEW = 0.1;
/**
 * However late the event loop is, so many requests are taken for each that is turned away: that costs time as well, and under a
 * flood of them nothing else would be done.
 */
const TAKEN_PER_SHED = 0.1;

const SHED_HEADERS = { 'Retry-After': String(OVERLOADED.retryAfterS), 'Content-Length': '0' };

const SIGNS: ProcessSigns = {
  nowMs: () => performance.now(),
  heapShare: () => {
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    return used / limit;
  },
};

const shed = (response: ServerResponse): void => {
  response.writeHead(OVERLOADED.status, SHED_HEADERS).end();
};

/**
 * Turns requests away before they cost anything when this process has more to do than it can: those that are let in are
 * answered soon, and the others at once, so that they can go to another gateway.
 */
export class Overload {
  private readonly working = new Set<ServerResponse>();
  private dueMs: number;
  private heapShare = 0;
  /** Since the event loop came by. */
  private taken = 0;
  private shed = 0;
  private readonly timers: readonly NodeJS.Timeout[];

  constructor(
    private readonly limits: OverloadLimits,
    /** Told of each that is turned away. */
    private readonly onShed: (reason: ShedReason) => void,
    private readonly signs: ProcessSigns = SIGNS,
  ) {
    this.dueMs = signs.nowMs() + TICK_MS;
    this.timers = [setInterval(this.tick, TICK_MS), setInterval(this.weigh, MEMORY_EVERY_MS)];
    for (const timer of this.timers) timer.unref();
  }

  /** Requests that are in work now. */
  get inFlight(): number {
    return this.working.size;
  }

  /** Why one more request would be too much; undefined when it is not. */
  get reason(): ShedReason | undefined {
    const { inFlightMax, lagMaxMs } = this.limits;
    if (this.inFlight >= inFlightMax) return 'in-flight';
    if (this.heapShare > HEAP_SHARE_MAX) return 'memory';
    if (this.inFlight < inFlightMax * FEW || this.taken < this.shed * TAKEN_PER_SHED) return undefined;
    return this.signs.nowMs() - this.dueMs > lagMaxMs ? 'lag' : undefined;
  }

  /** Answers a request that is one too many, once the event loop comes by. @returns whether it was */
  turnsAway(response: ServerResponse): boolean {
    const { reason } = this;
    if (reason === undefined) return false;
    this.shed += 1;
    this.onShed(reason);
    // Not before: who asks again at once would be read again before anything else is done.
    setImmediate(shed, response);
    return true;
  }

  /** A request is in work until its answer is out or its connection gone, and no longer than until its answer is made. */
  count(response: ServerResponse): void {
    const { working } = this;
    working.add(response);
    this.taken += 1;
    response.once('close', () => working.delete(response));
  }

  /** Who does not read his answers is no work; those that wait behind such a one are never told that it has gone. */
  private readonly forgetAnswered = (): void => {
    for (const response of this.working) if (response.writableEnded) this.working.delete(response);
  };

  /** The event loop has come by. */
  readonly tick = (): void => {
    this.dueMs = this.signs.nowMs() + TICK_MS;
    this.taken = this.shed = 0;
    if (this.inFlight >= this.limits.inFlightMax * FEW) this.forgetAnswered();
  };

  /** Looks at the memory. */
  readonly weigh = (): void => {
    this.heapShare = this.signs.heapShare();
    this.forgetAnswered();
  };

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}
