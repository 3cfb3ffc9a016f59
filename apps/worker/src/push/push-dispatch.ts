import { type CustomerDevice, deviceOf, parseEntryId, type PendingPush, type ServiceState } from '@app/domain';
import { channelOf, type PushChannel } from '@app/push';
import { LRUCache } from 'lru-cache';
import { NO_CHANNEL, type PushRecord } from './push-record.js';

/** A push on its way: what it says stands in the stream. */
export interface PushJob {
  readonly serviceId: string;
  /** The event that asked for it: `<position>-<n>`. */
  readonly ref: string;
}

/** The queue of one channel. */
export interface PushQueue {
  add(id: string, job: PushJob): Promise<void>;
}

/** Hands the pushes that a service asks for to the queues of their channels. */
export class PushDispatch {
  /** What was handed over already: a service changes often while a push is on its way. */
  private readonly handed: LRUCache<string, true>;

  constructor(
    private readonly queues: ReadonlyMap<PushChannel, PushQueue>,
    private readonly record: PushRecord,
    cacheEntries: number,
  ) {
    this.handed = new LRUCache({ max: cacheEntries });
  }

  /** @throws StoreUnavailableError when it could not hand over all of them */
  async follow(serviceId: string, state: ServiceState): Promise<void> {
    if (state.status !== 'open') return;
    for (const push of state.pushes) await this.hand(serviceId, push, deviceOf(state));
  }

  private async hand(serviceId: string, { ref }: PendingPush, device: CustomerDevice | undefined): Promise<void> {
    const id = `${serviceId}_${ref}`;
    if (this.handed.has(id)) return;
    const channel = device === undefined ? undefined : channelOf(device.channel);
    const queue = channel === undefined ? undefined : this.queues.get(channel);
    if (queue === undefined) {
      const failure = device === undefined ? 'no-device' : 'not-configured';
      await this.record.write(serviceId, parseEntryId(ref), device?.channel ?? NO_CHANNEL, failure);
    } else {
      await queue.add(id, { serviceId, ref });
    }
    this.handed.set(id, true);
  }
}
