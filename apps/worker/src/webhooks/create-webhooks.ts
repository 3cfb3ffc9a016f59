import { SettingsError, type Settings } from '@app/config';
import type { Clock } from '@app/event-store';
import type { Metrics } from '@app/observability';
import { WEBHOOK_QUEUE } from '@app/outbound';
import { AddressRules, SafeHttp, WebhookSender } from '@app/push';
import type { KeySpace, RedisConnection } from '@app/redis';
import type { ServiceRepository } from '@app/runtime';
import { OutboundQueue, type OutboundQueueOptions } from '../outbound/outbound-queue.js';
import { WebhookMarks } from './webhook-marks.js';
import { type WebhookJob, Webhooks } from './webhooks.js';

/** Pauses double up to an hour: 30 tries take about a day. */
const TRIES = 30;
const LONGEST_PAUSE_MS = 3_600_000;
/** So long a webhook that was sent is not sent again by a worker that is late, in seconds. */
const REMEMBER_S = 3_600;

type Parts = Pick<OutboundQueueOptions<WebhookJob>, 'connection' | 'prefix' | 'logger'> & {
  readonly services: ServiceRepository;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
};

/** Webhooks and their queue; undefined where nobody is told. @throws SettingsError */
export const createWebhooks = (
  settings: Settings,
  mask: (text: string) => string,
  { services, clock, metrics, redis, keys, ...outbound }: Parts,
): { readonly webhooks: Webhooks; readonly queue: OutboundQueue<WebhookJob> } | undefined => {
  const {
    webhookUrls: urls,
    webhookSecret: secret,
    webhookEvents: events,
    webhookNetworks,
    requestDeadlineMs,
  } = settings;
  if (urls === undefined) return undefined;
  if (secret === undefined) throw new SettingsError('WEBHOOK_SECRET: expected a secret, as WEBHOOK_URLS is set');
  const ended = metrics.counter('parley_webhooks_total');
  const queue = new OutboundQueue<WebhookJob>({
    ...outbound,
    ...{ name: WEBHOOK_QUEUE, triesMax: TRIES, longestPauseMs: LONGEST_PAUSE_MS, rememberS: REMEMBER_S },
    attempt: (job, isLast) => webhooks.attempt(job, isLast),
  });
  const webhooks: Webhooks = new Webhooks({
    ...{ services, clock, urls, secret, events, queue, mask },
    marks: new WebhookMarks(redis, keys, requestDeadlineMs),
    sender: new WebhookSender(new SafeHttp(new AddressRules(webhookNetworks))),
    onEnded: (outcome) => {
      ended.labels(outcome).inc();
    },
  });
  return { webhooks, queue };
};
