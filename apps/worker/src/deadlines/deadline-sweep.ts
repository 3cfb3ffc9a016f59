import { isStoreAway, reportFailure } from '@app/broker';
import { DEADLINE_KINDS, type DeadlineKind } from '@app/domain';
import type { Clock, DueTime, DueTimes } from '@app/event-store';
import type { Logger } from '@app/observability';
import type { Alarms } from './alarms.js';
import type { DeadlineKeeper } from './deadline-keeper.js';
import { RepeatedWork } from '../repeated-work.js';

export interface DeadlineSweepOptions {
  readonly keeper: DeadlineKeeper;
  readonly dueTimes: DueTimes;
  readonly clock: Clock;
  readonly alarms: Alarms;
  readonly partitions: number;
  readonly logger: Pick<Logger, 'debug' | 'error'>;
}

/** Pause between two sweeps, in milliseconds. */
const SWEEP_EVERY_MS = 1_000;
/** The queue's alarms get so long before the sweep does their work, in milliseconds. */
const GRACE_MS = 500;
/** Deadlines of one partition in one sweep at most; the rest follows a second later. */
const PARTITION_MAX = 100;
/** Deadlines that are looked at side by side. */
const LANES = 16;
/** A deadline that cannot be judged is looked at again after so long, in milliseconds. */
const DEFER_MS = 60_000;

const isKind = (kind: string): kind is DeadlineKind => (DEADLINE_KINDS as readonly string[]).includes(kind);

/** Catches every deadline that no alarm rang for: lost with the queue's keys, late, or set by a clock that was wrong. */
export class DeadlineSweep {
  private readonly work = new RepeatedWork(SWEEP_EVERY_MS, () => this.sweep());

  constructor(private readonly options: DeadlineSweepOptions) {}

  start(): void {
    this.work.start();
  }

  /** Resolves when no sweep is under way. */
  stop(): Promise<void> {
    return this.work.stop();
  }

  /** Looks at all due times once; never fails. */
  async sweep(): Promise<void> {
    const { dueTimes, clock, partitions, logger } = this.options;
    try {
      const beforeMs = clock.nowMs() - GRACE_MS;
      const found = await Promise.all(
        Array.from({ length: partitions }, (_, partition) => dueTimes.dueBefore(partition, beforeMs, PARTITION_MAX)),
      );
      const due = found.flat()[Symbol.iterator]();
      await Promise.all(Array.from({ length: LANES }, () => this.meetAll(due)));
    } catch (error) {
      // The next sweep comes in a second.
      logger.debug(reportFailure(error), 'due times could not be read');
    }
  }

  /** Lanes take from one iterator, so that each due time goes to one of them. */
  private async meetAll(due: Iterable<DueTime>): Promise<void> {
    for (const { serviceId, kind } of due) await this.meet(serviceId, kind);
  }

  private async meet(serviceId: string, kind: string): Promise<void> {
    const { keeper, alarms, logger } = this.options;
    try {
      // A newer worker may know kinds that this one does not.
      if (!isKind(kind)) {
        await keeper.defer(serviceId, kind, DEFER_MS);
        return;
      }
      const dueMs = await keeper.meet(serviceId, kind);
      if (dueMs !== null) await alarms.arm(serviceId, { kind, dueMs });
    } catch (error) {
      if (isStoreAway(error)) return;
      logger.error({ serviceId, kind, ...reportFailure(error) }, 'a deadline could not be judged');
      await keeper.defer(serviceId, kind, DEFER_MS).catch(() => undefined);
    }
  }
}
