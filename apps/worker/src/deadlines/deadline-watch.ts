import type { ServiceChanged } from '@app/broker';
import type { Deadline, DeadlineKind } from '@app/domain';
import { LRUCache } from 'lru-cache';
import type { Alarms } from './alarms.js';
import type { DeadlineKeeper } from './deadline-keeper.js';

/** A service gets deadlines twice: when it is requested, and when its chat starts, which takes position 1. */
type Phase = 'requested' | 'chat';

const PASSING: ReadonlySet<DeadlineKind> = new Set(['reservation', 'answer', 'reoffer', 'logic']);

/** Arms the alarms of services as their deadlines come to be, and does not look at all other changes. */
export class DeadlineWatch {
  private readonly armed: LRUCache<string, Phase>;
  private readonly passing: LRUCache<string, string>;

  constructor(
    private readonly keeper: Pick<DeadlineKeeper, 'deadlines'>,
    private readonly alarms: Alarms,
    cacheEntries: number,
  ) {
    this.armed = new LRUCache({ max: cacheEntries });
    this.passing = new LRUCache({ max: cacheEntries });
  }

  /** Arms the alarms that come and go while a service lives, each time when it is set anew. */
  async arm(serviceId: string, deadlines: readonly Deadline[]): Promise<void> {
    const passing = deadlines.filter(({ kind }) => PASSING.has(kind));
    const key = passing.map(({ kind, dueMs }) => `${kind} ${dueMs}`).join(' ');
    if (key === (this.passing.get(serviceId) ?? '')) return;
    await Promise.all(passing.map((deadline) => this.alarms.arm(serviceId, deadline)));
    this.passing.set(serviceId, key);
  }

  /** @throws StoreUnavailableError */
  async follow({ serviceId, position }: ServiceChanged): Promise<void> {
    const phase: Phase = position === 0 ? 'requested' : 'chat';
    const armed = this.armed.get(serviceId);
    if (armed === 'chat' || armed === phase) return;
    const deadlines = await this.keeper.deadlines(serviceId);
    await Promise.all(deadlines.map((deadline) => this.alarms.arm(serviceId, deadline)));
    this.armed.set(serviceId, phase);
  }
}
