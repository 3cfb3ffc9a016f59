import { masked } from '@app/observability';
import { DeadLetters, OUTBOUND_QUEUES, pushQueueOf } from '@app/outbound';
import { Queue } from 'bullmq';
import { waitFor } from '../../../../test/support/http.js';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { OutboundQueue } from '../outbound/outbound-queue.js';
import { PushDelivery } from './push-delivery.js';
import { PushDispatch, type PushJob } from './push-dispatch.js';
import { PushRecord } from './push-record.js';
import { endings, poke, Postman, talking } from './testing/pocket.js';

const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };

describe('PushDeadLetters', () => {
  let lab: ServiceLab;
  let postman: Postman;
  let queue: OutboundQueue<PushJob>;
  let dispatch: PushDispatch;
  /** The queue as an operator sees it. */
  let jobs: Queue;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
    postman = new Postman();
    const record = new PushRecord(lab.repository, () => undefined);
    const delivery = new PushDelivery({
      services: lab.repository,
      providers: { find: () => postman },
      record,
      mask: masked,
    });
    queue = new OutboundQueue<PushJob>({
      ...{ name: pushQueueOf('ios'), connection: lab.connect('queue'), prefix: lab.keys.queues(), logger: silent },
      ...{ triesMax: 1, longestPauseMs: 1_000, rememberS: 0, attempt: delivery.attempt },
    });
    queue.start();
    dispatch = new PushDispatch(new Map([['ios', queue]]), record, 100);
    jobs = new Queue(pushQueueOf('ios'), { connection: lab.connect('queue'), prefix: lab.keys.queues() });
    jobs.on('error', () => undefined);
  });

  afterEach(async () => {
    await queue.close();
    await jobs.close();
    lab.close();
  });

  it('go out after all, once, when the provider is back', async () => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId, 'secret text');
    postman.answer = { outcome: 'retry', reason: 'status 503' };
    await dispatch.follow(serviceId, await lab.state(serviceId));
    await waitFor('a dead letter', async () => (await jobs.getFailedCount()) === 1);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios', reason: 'unavailable' }]);
    const [dead] = await jobs.getFailed();
    expect(JSON.stringify(dead?.toJSON())).not.toMatch(/secret|phone/);
    postman.answer = { outcome: 'delivered' };
    const letters = new DeadLetters({
      ...{ connection: lab.connect('queue'), prefix: lab.keys.queues(), names: OUTBOUND_QUEUES },
    });
    expect(await letters.replay()).toBe(1);
    await waitFor('it to be pushed', () => Promise.resolve(postman.got.length === 2));
    await waitFor('nothing to be left of it', async () => (await jobs.getJob(dead?.id ?? '')) === undefined);
    const [first, again] = postman.got;
    expect(again).toEqual(first);
    expect(await letters.replay()).toBe(0);
  });
});
