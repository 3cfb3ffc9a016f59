import { createHash } from 'node:crypto';
import {
  type EntryId,
  formatEntryId,
  type OpenService,
  parseEntryId,
  type Recorded,
  type ServiceEvent,
} from '@app/domain';
import type { Clock } from '@app/event-store';
import type { WebhookSender } from '@app/push';
import type { ServiceRepository } from '@app/runtime';
import type { Attempt } from '../outbound/outbound-queue.js';
import { type WebhookEvent, webhookBody, webhookEventOf } from './webhook-event.js';
import type { WebhookMarks } from './webhook-marks.js';

/** One event for one address; what it says stands in the stream. */
export interface WebhookJob {
  readonly serviceId: string;
  readonly eventId: string;
  /** A hash of the address: addresses may have keys in them, and belong to the settings. */
  readonly target: string;
}

export interface WebhooksOptions {
  readonly services: Pick<ServiceRepository, 'view' | 'events'>;
  readonly marks: Pick<WebhookMarks, 'of' | 'move'>;
  readonly sender: Pick<WebhookSender, 'send'>;
  readonly queue: { add(id: string, job: WebhookJob): Promise<void> };
  readonly clock: Clock;
  readonly urls: readonly string[];
  readonly secret: string;
  readonly events: readonly WebhookEvent[];
  /** Hides in a message what is not to leave. */
  readonly mask: (text: string) => string;
  /** Told of each that came to its end, for the metrics. */
  readonly onEnded: (outcome: 'sent' | 'refused' | 'unavailable') => void;
}

/** Tells servers of others what happens in chats: each event once in the queue, and out of it at least once. */
export class Webhooks {
  constructor(private readonly options: WebhooksOptions) {}

  /** @throws StoreUnavailableError */
  async follow(serviceId: string): Promise<void> {
    const { services, marks, events: wanted, urls } = this.options;
    const events = await services.events(serviceId, await marks.of(serviceId));
    const last = events.at(-1);
    if (last === undefined) return;
    for (const recorded of events) {
      const type = webhookEventOf(recorded.event);
      if (type === undefined || !wanted.includes(type)) continue;
      for (const url of urls) await this.enqueue(serviceId, recorded, url);
    }
    await marks.move(serviceId, last);
  }

  /** One try. @throws StoreUnavailableError */
  readonly attempt = async ({ serviceId, eventId, target }: WebhookJob, isLast: boolean): Promise<Attempt> => {
    const { services, sender, secret, clock, urls, mask, onEnded } = this.options;
    const url = urls.find((known) => hash(known) === target);
    if (url === undefined) return { outcome: 'hopeless', reason: 'the address is not configured any more' };
    const at = parseEntryId(eventId);
    const [view, [recorded]] = await Promise.all([
      services.view(serviceId),
      services.events(serviceId, { position: at.position, n: at.n - 1 }, 1),
    ]);
    // What is forgotten here is nobody's business elsewhere.
    if (view === undefined || recorded === undefined || formatEntryId(recorded) !== eventId) return { outcome: 'done' };
    const service = view.state.status === 'open' ? view.state : 'was' in view.state ? view.state.was : undefined;
    const result = await sender.send({
      ...{ url: new URL(url), secret, id: webhookId(serviceId, recorded) },
      timestampS: Math.floor(clock.nowMs() / 1_000),
      body: webhookBody(recorded, { ...contextOf(serviceId, service), mask }),
    });
    switch (result.outcome) {
      case 'delivered':
        onEnded('sent');
        return { outcome: 'done' };
      case 'retry':
        if (isLast) onEnded('unavailable');
        return result;
      case 'gone':
      case 'refused':
        onEnded('refused');
        return { outcome: 'hopeless', reason: result.outcome === 'gone' ? 'status 410' : result.reason };
    }
  };

  private enqueue(serviceId: string, recorded: Recorded<ServiceEvent>, url: string): Promise<void> {
    const target = hash(url);
    const id = `${webhookId(serviceId, recorded)}_${target}`;
    return this.options.queue.add(id, { serviceId, eventId: formatEntryId(recorded), target });
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

/** The same for the same event, whenever and by whomever it is sent. */
const webhookId = (serviceId: string, at: EntryId): string => `msg_${hash(`${serviceId} ${formatEntryId(at)}`)}`;

const contextOf = (serviceId: string, service: OpenService | undefined) => ({
  serviceId,
  serviceName: service?.name ?? '',
  user: service?.user,
});
