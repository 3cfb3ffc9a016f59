import type { PushChannel } from '@app/push';
import { StoreUnavailableError } from '@app/redis';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { PushDispatch, type PushJob } from './push-dispatch.js';
import { PushRecord } from './push-record.js';
import { endings, openOf, poke, talking } from './testing/pocket.js';

describe('PushDispatch', () => {
  let lab: ServiceLab;
  let added: string[];
  let jobs: PushJob[];
  let counted: string[];
  let isAway: boolean;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
    [added, jobs, counted, isAway] = [[], [], [], false];
  });

  afterEach(() => {
    lab.close();
  });

  const newDispatch = (): PushDispatch => {
    const queueOf = (channel: PushChannel) => ({
      add: (id: string, job: PushJob): Promise<void> => {
        if (isAway) return Promise.reject(new StoreUnavailableError('away'));
        added.push(`${channel} ${id}`);
        jobs.push(job);
        return Promise.resolve();
      },
    });
    const channels: readonly PushChannel[] = ['ios', 'fcm', 'customhttp', 'httpcb'];
    const record = new PushRecord(lab.repository, (channel, outcome) => counted.push(`${channel} ${outcome}`));
    return new PushDispatch(new Map(channels.map((channel) => [channel, queueOf(channel)])), record, 100);
  };
  const follow = async (dispatch: PushDispatch, serviceId: string): Promise<void> =>
    dispatch.follow(serviceId, await lab.state(serviceId));

  it.each([
    ['ios', 'ios'],
    ['android', 'fcm'],
    ['gcm', 'fcm'],
    ['fcm', 'fcm'],
    ['customhttp', 'customhttp'],
    ['httpcb', 'httpcb'],
  ])('takes a push to a device of kind %s to the queue %s', async (type, channel) => {
    const push = { push_notification_type: type, push_notification_deviceid: 'secret-device' };
    const serviceId = await talking(lab, null, push);
    const ref = await poke(lab, serviceId, 'secret text');
    await follow(newDispatch(), serviceId);
    expect(added).toEqual([`${channel} ${serviceId}_${ref}`]);
    expect(jobs).toEqual([{ serviceId, ref }]);
  });

  it('takes each there once, and again where it did not arrive', async () => {
    const dispatch = newDispatch();
    const serviceId = await talking(lab);
    await poke(lab, serviceId);
    isAway = true;
    await expect(follow(dispatch, serviceId)).rejects.toThrow(StoreUnavailableError);
    isAway = false;
    await follow(dispatch, serviceId);
    await lab.say(serviceId, 'hello');
    await follow(dispatch, serviceId);
    expect(added).toHaveLength(1);
    await poke(lab, serviceId);
    await follow(dispatch, serviceId);
    expect(added).toHaveLength(2);
  });

  it('says of a kind of device that nobody knows that it is not configured, and counts it under no name of a customer’s', async () => {
    const push = { push_notification_type: 'Toaster-4711', push_notification_deviceid: 'd' };
    const serviceId = await talking(lab, null, push);
    const ref = await poke(lab, serviceId);
    await follow(newDispatch(), serviceId);
    expect(added).toEqual([]);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'toaster-4711', reason: 'not-configured' }]);
    expect(counted).toEqual(['other not-configured']);
    expect((await openOf(lab, serviceId)).pushes).toEqual([]);
  });
});
