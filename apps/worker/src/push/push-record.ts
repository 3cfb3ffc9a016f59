import { DomainError, type EntryId, formatEntryId, type PushFailure } from '@app/domain';
import { channelOf } from '@app/push';
import type { ServiceRepository } from '@app/runtime';

/** Where there is no device, there is none. */
export const NO_CHANNEL = 'none';

/** Writes what became of pushes into the streams that asked for them. */
export class PushRecord {
  constructor(
    private readonly services: Pick<ServiceRepository, 'execute'>,
    /** Told of each, for the metrics. The channel is of a small set, whatever customers call their devices. */
    private readonly onEnded: (channel: string, outcome: 'sent' | PushFailure) => void,
  ) {}

  /** @param failure - undefined when the provider has taken it @throws StoreUnavailableError */
  async write(serviceId: string, ref: EntryId, channel: string, failure?: PushFailure): Promise<void> {
    try {
      const { kind } = await this.services.execute(serviceId, {
        commandId: `push:${formatEntryId(ref)}`,
        commands: () => [{ type: 'RecordPush', ref, channel, ...(failure === undefined ? {} : { failure }) }],
      });
      if (kind === 'appended') this.count(channel, failure);
    } catch (error) {
      // The service is over: nobody wants to know any more.
      if (!(error instanceof DomainError)) throw error;
    }
  }

  /** Of a push whose end is in the stream already: it is counted, and written no more. */
  count(channel: string, failure?: PushFailure): void {
    this.onEnded(channelOf(channel) ?? (channel === NO_CHANNEL ? NO_CHANNEL : 'other'), failure ?? 'sent');
  }
}
