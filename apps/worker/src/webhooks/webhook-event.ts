import type { Settings } from '@app/config';
import { formatEntryId, type Recorded, type ServiceEvent } from '@app/domain';

/** What others can be told of. */
export type WebhookEvent = Settings['webhookEvents'][number];

/** What an event is called outside; undefined for one of which nobody is told. */
export const webhookEventOf = ({ type }: Pick<ServiceEvent, 'type'>): WebhookEvent | undefined => {
  switch (type) {
    case 'ChatStarted':
      return 'chat.started';
    case 'ChatEnded':
      return 'chat.ended';
    case 'MessageSent':
      return 'message.sent';
    default:
      return undefined;
  }
};

/** Where the event happened. */
export interface WebhookContext {
  readonly serviceId: string;
  readonly serviceName: string;
  readonly user: string | undefined;
  /** Hides in a message what is not to leave. */
  readonly mask: (text: string) => string;
}

const dataOf = (event: ServiceEvent, mask: (text: string) => string): Readonly<Record<string, unknown>> => {
  switch (event.type) {
    case 'ChatStarted': {
      // What opens a door is not told.
      const { poke_url: _, ...attachedData } = event.attachedData;
      return { nickname: event.nickname, attachedData };
    }
    case 'ChatEnded':
      return { reason: event.reason };
    case 'MessageSent':
      return { party: event.party, nickname: event.nickname, text: mask(event.text) };
    default:
      return {};
  }
};

/** The JSON that is sent; the same at every try. */
export const webhookBody = (
  recorded: Recorded<ServiceEvent>,
  { serviceId, serviceName, user, mask }: WebhookContext,
): string =>
  JSON.stringify({
    type: webhookEventOf(recorded.event),
    timestamp: new Date(recorded.atMs).toISOString(),
    data: {
      ...{ serviceId, serviceName },
      ...(user === undefined ? {} : { user }),
      eventId: formatEntryId(recorded),
      ...dataOf(recorded.event, mask),
    },
  });
