import { reportFailure } from '@app/broker';
import type { Clock } from '@app/event-store';
import type { Logger } from '@app/observability';
import type { RoutingTable } from '@app/routing';
import type { Router } from './router.js';
import { RepeatedWork } from '../repeated-work.js';

export interface RoutingSweepOptions {
  readonly router: Pick<Router, 'reserve' | 'markAway'>;
  readonly table: Pick<RoutingTable, 'sweep' | 'silentSince'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'debug'>;
  /** An agent of whom nothing was heard for so long is away, in milliseconds. */
  readonly awayAfterMs: number;
}

/** Pause between two sweeps, in milliseconds. */
const SWEEP_EVERY_MS = 1_000;
/** Agents that are found silent in one sweep at most. */
const SILENT_MAX = 100;

/** What time alone brings about in routing, and what a worker left that died between a match and its event. */
export class RoutingSweep {
  private readonly work = new RepeatedWork(SWEEP_EVERY_MS, () => this.sweep());

  constructor(private readonly options: RoutingSweepOptions) {}

  start(): void {
    this.work.start();
  }

  /** Resolves when no sweep is under way. */
  stop(): Promise<void> {
    return this.work.stop();
  }

  /** Never fails: the next one comes in a second. */
  async sweep(): Promise<void> {
    const { router, table, clock, logger, awayAfterMs } = this.options;
    try {
      const nowMs = clock.nowMs();
      await router.markAway(await table.silentSince(nowMs - awayAfterMs, SILENT_MAX));
      await router.reserve(await table.sweep(nowMs));
    } catch (error) {
      logger.debug(reportFailure(error), 'the routing could not be swept');
    }
  }
}
