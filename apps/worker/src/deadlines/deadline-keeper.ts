import { type Deadline, type DeadlineKind, deadlinesOf, type ServiceState } from '@app/domain';
import { type Clock, type DueTimes, backstopS } from '@app/event-store';
import type { ServiceRepository } from '@app/runtime';

/**
 * Judges deadlines by the time of Redis and acts on those that have come. Whoever rings may ring early, late, twice or
 * on two workers at once: the state says what is due, and each deadline has a command id of its own.
 */
export class DeadlineKeeper {
  constructor(
    private readonly repository: Pick<ServiceRepository, 'view' | 'execute'>,
    private readonly dueTimes: Pick<DueTimes, 'postpone'>,
    private readonly clock: Clock,
    private readonly onMet: (kind: DeadlineKind) => void = () => undefined,
  ) {}

  /** The deadlines that a service has now. @throws StoreUnavailableError */
  async deadlines(serviceId: string): Promise<readonly Deadline[]> {
    const view = await this.repository.view(serviceId);
    return view === undefined ? [] : deadlinesOf(view.state, view.lastSeenMs);
  }

  /**
   * Acts on a deadline if it has come, and notes when it will otherwise: with every request of the customer it may have
   * moved.
   * @returns when it must be looked at again, in store time; null when there is no such deadline any more
   * @throws StoreUnavailableError
   */
  async meet(serviceId: string, kind: DeadlineKind): Promise<number | null> {
    const view = await this.repository.view(serviceId);
    if (view === undefined) return this.note(serviceId, kind, { status: 'absent' }, 0);
    const { lastSeenMs } = view;
    const dueMs = dueOf(view.state, kind, lastSeenMs);
    if (dueMs === undefined || dueMs > this.clock.nowMs()) return this.note(serviceId, kind, view.state, lastSeenMs);
    const { state, kind: outcome } = await this.repository.execute(serviceId, {
      commandId: `deadline:${kind}:${dueMs}`,
      commands: (_, nowMs) => [{ type: 'MeetDeadline', kind, atMs: nowMs, lastSeenMs }],
    });
    if (outcome === 'appended') this.onMet(kind);
    return this.note(serviceId, kind, state, lastSeenMs);
  }

  /** Sees no deadline of this service for so long: something is wrong with it, and others must have their turn. */
  async defer(serviceId: string, kind: string, forMs: number): Promise<void> {
    await this.dueTimes.postpone(serviceId, kind, this.clock.nowMs() + forMs);
  }

  private async note(
    serviceId: string,
    kind: DeadlineKind,
    state: ServiceState,
    lastSeenMs: number,
  ): Promise<number | null> {
    const dueMs = dueOf(state, kind, lastSeenMs) ?? null;
    // A service that lives longer needs its keys for longer.
    const keepS = state.status === 'open' && kind === 'ttl' ? backstopS(state.timeouts) : 0;
    await this.dueTimes.postpone(serviceId, kind, dueMs, keepS);
    return dueMs;
  }
}

const dueOf = (state: ServiceState, kind: DeadlineKind, lastSeenMs: number): number | undefined =>
  deadlinesOf(state, lastSeenMs).find((deadline) => deadline.kind === kind)?.dueMs;
