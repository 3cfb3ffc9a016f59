import type { ServiceState } from '@app/domain';
import type { UserHistory } from '@app/event-store';
import { LRUCache } from 'lru-cache';

/** Notes which services a user has had, when their chats begin. */
export class HistoryKeeper {
  private readonly noted: LRUCache<string, true>;

  constructor(
    private readonly history: Pick<UserHistory, 'note'>,
    cacheEntries: number,
  ) {
    this.noted = new LRUCache({ max: cacheEntries });
  }

  /** @throws StoreUnavailableError */
  async follow(serviceId: string, state: ServiceState): Promise<void> {
    // A chat may be over, and its service gone, before anybody looks.
    const service = 'was' in state ? state.was : state;
    if (service.status !== 'open' || service.chat === null || service.user === undefined) return;
    if (this.noted.has(serviceId)) return;
    await this.history.note(service.user, { serviceId, startedAtMs: service.chat.startedAtMs });
    this.noted.set(serviceId, true);
  }
}
