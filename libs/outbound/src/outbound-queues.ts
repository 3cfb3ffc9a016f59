import { PUSH_CHANNELS, type PushChannel } from '@app/push';

/** The name of a channel's queue. */
export const pushQueueOf = (channel: PushChannel): string => `push-${channel}`;

export const WEBHOOK_QUEUE = 'webhooks';

/** All queues of what leaves the chat. */
export const OUTBOUND_QUEUES: readonly string[] = [...PUSH_CHANNELS.map(pushQueueOf), WEBHOOK_QUEUE];
