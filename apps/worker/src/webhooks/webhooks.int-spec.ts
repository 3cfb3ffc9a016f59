import { masked } from '@app/observability';
import { randomInt } from 'node:crypto';
import { newBasicServiceId } from '@app/event-store';
import type { PushResult, Webhook } from '@app/push';
import { StoreUnavailableError } from '@app/redis';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import type { WebhookEvent } from './webhook-event.js';
import { WebhookMarks } from './webhook-marks.js';
import { type WebhookJob, Webhooks } from './webhooks.js';

const SECRET = 'a-secret-that-both-sides-know';
const FIRST = 'https://one.example/hooks?key=4711';
const SECOND = 'https://two.example/hooks';

describe('Webhooks', () => {
  let clock: FixedClock;
  let lab: ServiceLab;
  /** What is in the queue: by id, as it takes the same once. */
  let jobs: Map<string, WebhookJob>;
  let sent: Webhook[];
  let ended: string[];
  let answer: PushResult;
  let takes: number;

  beforeEach(() => {
    clock = new FixedClock();
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    [jobs, sent, ended, answer, takes] = [new Map(), [], [], { outcome: 'delivered' }, Infinity];
  });

  afterEach(() => {
    lab.close();
  });

  /** As another process has it. */
  const newWebhooks = (
    urls: readonly string[] = [FIRST],
    events: readonly WebhookEvent[] = ['chat.started', 'chat.ended', 'message.sent'],
  ): Webhooks =>
    new Webhooks({
      ...{ services: lab.newRepository(), clock, urls, events, secret: SECRET, mask: masked },
      marks: new WebhookMarks(lab.redis, lab.keys, 3_000),
      queue: {
        add: (id, job) => {
          takes -= 1;
          if (takes < 0) return Promise.reject(new StoreUnavailableError('away'));
          jobs.set(id, job);
          return Promise.resolve();
        },
      },
      sender: {
        send: (webhook) => {
          sent.push(webhook);
          return Promise.resolve(answer);
        },
      },
      onEnded: (outcome) => ended.push(outcome),
    });
  const attemptAll = async (webhooks: Webhooks, isLast = false): Promise<readonly unknown[]> =>
    Promise.all([...jobs.values()].map((job) => webhooks.attempt(job, isLast)));
  const eventIds = (): readonly string[] => [...jobs.values()].map(({ eventId }) => eventId);
  const typesSent = (): readonly unknown[] => sent.map(({ body }) => (JSON.parse(body) as { type: unknown }).type);

  it('enqueue each event once for each address, and nothing that it says', async () => {
    const serviceId = await lab.startChat();
    await lab.say(serviceId, 'a secret text');
    const webhooks = newWebhooks([FIRST, SECOND]);
    await webhooks.follow(serviceId);
    expect(eventIds()).toEqual(['1-0', '1-0', '2-0', '2-0']);
    expect(JSON.stringify([...jobs])).not.toMatch(/secret|4711|example/);
    jobs.clear();
    await webhooks.follow(serviceId);
    await newWebhooks([FIRST, SECOND]).follow(serviceId);
    expect(jobs.size).toBe(0);
    await lab.say(serviceId, 'more');
    await webhooks.follow(serviceId);
    expect(eventIds()).toEqual(['3-0', '3-0']);
  });

  it('enqueue what is wanted alone', async () => {
    const serviceId = await lab.startChat();
    await lab.say(serviceId, 'hello');
    await lab.execute(serviceId, { type: 'Disconnect' });
    const webhooks = newWebhooks([FIRST], ['chat.started', 'chat.ended']);
    await webhooks.follow(serviceId);
    await attemptAll(webhooks);
    expect(typesSent()).toEqual(['chat.started', 'chat.ended']);
  });

  it('forget nothing and add nothing twice when the queue goes away in the middle', async () => {
    const serviceId = await lab.startChat();
    await lab.say(serviceId, 'hello');
    takes = 1;
    const webhooks = newWebhooks();
    await expect(webhooks.follow(serviceId)).rejects.toThrow(StoreUnavailableError);
    takes = Infinity;
    await newWebhooks().follow(serviceId);
    expect(eventIds()).toEqual(['1-0', '2-0']);
  });

  it('say the same under the same id at every try, at the time of the try', async () => {
    const serviceId = newBasicServiceId(randomInt(lab.keys.partitions), lab.keys.partitions);
    const startedAt = new Date(clock.nowMs()).toISOString();
    await lab.execute(serviceId, {
      ...{ type: 'RequestService', name: 'request-chat', kind: 'basic', businessData: {}, user: 'ann' },
      timeouts: {
        ...{ ttlS: 3_600, flexDisconnectS: 45, idleAlertS: 255, idleCloseS: 45, asyncCloseS: 3_600 },
        idleAlertMessage: '',
      },
    });
    await lab.execute(serviceId, {
      ...{ type: 'StartChat', sessionId: 'S', userId: 'U', secureKey: 'K', nickname: 'Ann' },
      attachedData: { subject: 'shoes', poke_url: 'http://parley/poke?token=4711' },
    });
    const webhooks = newWebhooks();
    await webhooks.follow(serviceId);
    answer = { outcome: 'retry', reason: 'status 503', afterMs: 5_000 };
    expect(await attemptAll(webhooks)).toEqual([answer]);
    clock.passS(60);
    answer = { outcome: 'delivered' };
    expect(await attemptAll(newWebhooks())).toEqual([{ outcome: 'done' }]);
    const [first, second] = sent;
    expect(second).toEqual({ ...first, timestampS: (first?.timestampS ?? 0) + 60 });
    expect(first).toMatchObject({ url: new URL(FIRST), secret: SECRET });
    expect(JSON.parse(first?.body ?? '')).toEqual({
      type: 'chat.started',
      timestamp: startedAt,
      data: {
        ...{ serviceId, serviceName: 'request-chat', user: 'ann', eventId: '1-0', nickname: 'Ann' },
        attachedData: { subject: 'shoes' },
      },
    });
    expect(ended).toEqual(['sent']);
  });

  it('tell the end of a chat whose service is gone by then', async () => {
    const serviceId = await lab.startChat();
    const webhooks = newWebhooks([FIRST], ['chat.ended']);
    await lab.execute(serviceId, { type: 'DeleteService' });
    await webhooks.follow(serviceId);
    await attemptAll(webhooks);
    expect(typesSent()).toEqual(['chat.ended']);
    expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({ data: { serviceName: 'request-chat' } });
  });

  it.each<[PushResult, string]>([
    [{ outcome: 'refused', reason: 'status 400' }, 'status 400'],
    [{ outcome: 'gone' }, 'status 410'],
  ])('give up when the answer is %j', async (refusal, reason) => {
    const serviceId = await lab.startChat();
    const webhooks = newWebhooks();
    await webhooks.follow(serviceId);
    answer = refusal;
    expect(await attemptAll(webhooks)).toEqual([{ outcome: 'hopeless', reason }]);
    expect(ended).toEqual(['refused']);
  });

  it('count it when the last try was in vain', async () => {
    const serviceId = await lab.startChat();
    const webhooks = newWebhooks();
    await webhooks.follow(serviceId);
    answer = { outcome: 'retry', reason: 'status 503' };
    await attemptAll(webhooks);
    expect(ended).toEqual([]);
    expect(await attemptAll(webhooks, true)).toEqual([answer]);
    expect(ended).toEqual(['unavailable']);
  });

  it('reach no address that is not in the settings any more', async () => {
    const serviceId = await lab.startChat();
    await newWebhooks([FIRST, SECOND]).follow(serviceId);
    expect(await attemptAll(newWebhooks([SECOND]))).toEqual([
      { outcome: 'hopeless', reason: 'the address is not configured any more' },
      { outcome: 'done' },
    ]);
    expect(sent.map(({ url }) => url.href)).toEqual([SECOND]);
  });

  it('say nothing of what is forgotten here', async () => {
    const webhooks = newWebhooks();
    const serviceId = await lab.startChat();
    await webhooks.follow(serviceId);
    const gone = newBasicServiceId(0, lab.keys.partitions);
    for (const job of [...jobs.values()]) {
      expect(await webhooks.attempt({ ...job, serviceId: gone }, false)).toEqual({ outcome: 'done' });
      expect(await webhooks.attempt({ ...job, eventId: '9-0' }, false)).toEqual({ outcome: 'done' });
    }
    expect(sent).toEqual([]);
  });
});
