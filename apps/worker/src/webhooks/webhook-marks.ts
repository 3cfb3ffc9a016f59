import { BEFORE_FIRST, type EntryId, formatEntryId, parseEntryId } from '@app/domain';
import { partitionOfService } from '@app/event-store';
import { type KeySpace, type RedisConnection, retryUntil } from '@app/redis';

/** The field of a service's meta hash that says up to which event others have been told. */
const FIELD = 'w';

/** How far webhooks have come with each service. */
export class WebhookMarks {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly deadlineMs: number,
  ) {}

  /** @throws StoreUnavailableError */
  async of(serviceId: string): Promise<EntryId> {
    const text = await retryUntil(() => this.redis.hget(this.keyOf(serviceId), FIELD), this.deadlineMs);
    return text === null ? BEFORE_FIRST : parseEntryId(text);
  }

  /** @throws StoreUnavailableError */
  async move(serviceId: string, to: EntryId): Promise<void> {
    await retryUntil(() => this.redis.hset(this.keyOf(serviceId), FIELD, formatEntryId(to)), this.deadlineMs);
  }

  private keyOf(serviceId: string): string {
    return this.keys.service(partitionOfService(serviceId, this.keys.partitions), serviceId).meta;
  }
}
