import { Queue } from 'bullmq';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { waitFor } from '../../../../test/support/http.js';
import { DeadlineKeeper } from './deadline-keeper.js';
import { DeadlineQueue } from './deadline-queue.js';
import { DeadlineSweep } from './deadline-sweep.js';
import { DeadlineWatch } from './deadline-watch.js';

const silent = { debug: () => undefined, error: () => undefined };

describe('DeadlineQueue', () => {
  let clock: FixedClock;
  let lab: ServiceLab;
  let keeper: DeadlineKeeper;
  let alarms: DeadlineQueue;
  /** The same queue, as an operator sees it. */
  let jobs: Queue;

  beforeEach(() => {
    clock = new FixedClock();
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    keeper = new DeadlineKeeper(lab.repository, lab.dueTimes, clock);
    const prefix = lab.keys.queues();
    alarms = new DeadlineQueue({ connection: lab.connect('queue'), prefix, keeper, clock, logger: silent });
    alarms.start();
    jobs = new Queue('deadlines', { connection: lab.connect('queue'), prefix });
  });

  afterEach(async () => {
    await alarms.close();
    await jobs.close();
    lab.close();
  });

  it('arms each deadline once, when it comes to be', async () => {
    const watch = new DeadlineWatch(keeper, alarms, 100);
    const serviceId = await lab.startChat();
    await watch.follow({ serviceId, position: 0, n: 1 });
    for (const position of [1, 2, 3]) await watch.follow({ serviceId, position, n: 0 });
    await new DeadlineWatch(keeper, alarms, 100).follow({ serviceId, position: 3, n: 0 });
    const delayed = await jobs.getDelayed();
    expect(delayed.map(({ id }) => id).sort()).toEqual([`flex-${serviceId}`, `idle-${serviceId}`, `ttl-${serviceId}`]);
    const delays = Object.fromEntries(delayed.map(({ name, delay }) => [name, delay]));
    expect(delays).toEqual({ ttl: 3_600_000, flex: 45_000, idle: 255_000 });
  });

  it('rings on time', async () => {
    const serviceId = await lab.startChat();
    clock.passS(44.9);
    await alarms.arm(serviceId, { kind: 'flex', dueMs: clock.nowMs() + 100 });
    clock.passS(0.1);
    await waitFor('the chat is closed', async () => (await lab.endOf(serviceId)) === 'customer-gone');
    const job = (): Promise<unknown> => jobs.getJob(`flex-${serviceId}`);
    await waitFor('nothing of the job is left', async () => (await job()) === undefined);
  });

  it('sets an alarm that rang early again, for when the deadline comes', async () => {
    const serviceId = await lab.startChat();
    await alarms.arm(serviceId, { kind: 'flex', dueMs: clock.nowMs() + 1 });
    const moved = await waitFor('it waits for the rest of the time', async () => {
      const job = await jobs.getJob(`flex-${serviceId}`);
      return job !== undefined && job.delay > 40_000 && (await job.isDelayed()) ? job : undefined;
    });
    expect(await lab.endOf(serviceId)).toBeNull();
    clock.passS(45);
    await moved.promote();
    await waitFor('the chat is closed', async () => (await lab.endOf(serviceId)) === 'customer-gone');
  });

  it('alerts and then waits for the close under the same job', async () => {
    const serviceId = await lab.startChat({ flexDisconnectS: 10_000 });
    clock.passS(255);
    await alarms.arm(serviceId, { kind: 'idle', dueMs: clock.nowMs() });
    const job = await waitFor('it waits for the close', async () => {
      const found = await jobs.getJob(`idle-${serviceId}`);
      return found !== undefined && found.delay > 40_000 && (await found.isDelayed()) ? found : undefined;
    });
    expect(await lab.transcript(serviceId)).toHaveLength(1);
    clock.passS(45);
    await job.promote();
    await waitFor('the chat is closed', async () => (await lab.endOf(serviceId)) === 'idle');
  });

  it('is not missed when its keys are flushed: the sweep does its work and arms what comes next', async () => {
    const serviceId = await lab.startChat({ flexDisconnectS: 10_000 });
    await new DeadlineWatch(keeper, alarms, 100).follow({ serviceId, position: 1, n: 0 });
    await jobs.obliterate({ force: true });
    expect(await jobs.getJob(`idle-${serviceId}`)).toBeUndefined();
    clock.passS(256);
    const { keys, dueTimes } = lab;
    await new DeadlineSweep({
      keeper,
      dueTimes,
      clock,
      alarms,
      partitions: keys.partitions,
      logger: silent,
    }).sweep();
    expect(await lab.transcript(serviceId)).toHaveLength(1);
    expect(await (await jobs.getJob(`idle-${serviceId}`))?.getState()).toBe('delayed');
  });
});
