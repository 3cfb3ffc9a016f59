import type { ServiceChanged } from '@app/broker';
import { LRUCache } from 'lru-cache';
import type { Alarms } from './alarms.js';
import type { DeadlineKeeper } from './deadline-keeper.js';

/** A service gets deadlines twice: when it is requested, and when its chat starts, which takes position 1. */
type Phase = 'requested' | 'chat';

/** Arms the alarms of services as their deadlines come to be, and does not look at all other changes. */
export class DeadlineWatch {
  private readonly armed: LRUCache<string, Phase>;

  constructor(
    private readonly keeper: Pick<DeadlineKeeper, 'deadlines'>,
    private readonly alarms: Alarms,
    cacheEntries: number,
  ) {
    this.armed = new LRUCache({ max: cacheEntries });
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
