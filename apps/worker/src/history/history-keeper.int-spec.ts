import { UserHistory } from '@app/event-store';
import { StoreUnavailableError } from '@app/redis';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { HistoryKeeper } from './history-keeper.js';

describe('HistoryKeeper', () => {
  let clock: FixedClock;
  let lab: ServiceLab;
  let history: UserHistory;
  let notes: number;
  let isAway: boolean;
  let keeper: HistoryKeeper;

  beforeEach(() => {
    clock = new FixedClock();
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    history = new UserHistory(lab.redis, lab.keys, 3_000);
    [notes, isAway] = [0, false];
    keeper = new HistoryKeeper(
      {
        note: (...of) => {
          notes += 1;
          return isAway ? Promise.reject(new StoreUnavailableError('away')) : history.note(...of);
        },
      },
      100,
    );
  });

  afterEach(() => {
    lab.close();
  });

  const follow = async (serviceId: string): Promise<void> => keeper.follow(serviceId, await lab.state(serviceId));
  const chatOf = async (user: string): Promise<string> => {
    const serviceId = await lab.startChat();
    await lab.execute(serviceId, { type: 'IdentifyOwner', user });
    return serviceId;
  };

  it('notes the chat of a user once, and not at every change', async () => {
    const startedAtMs = clock.nowMs();
    const serviceId = await chatOf('ann');
    await follow(serviceId);
    clock.passS(5);
    await lab.say(serviceId, 'hello');
    await follow(serviceId);
    expect(notes).toBe(1);
    expect(await history.list('ann', 10)).toEqual([{ serviceId, startedAtMs }]);
  });

  it('notes a chat without a user when it is known whose it is', async () => {
    const serviceId = await lab.startChat();
    await follow(serviceId);
    expect(notes).toBe(0);
    await lab.execute(serviceId, { type: 'IdentifyOwner', user: 'ann' });
    await follow(serviceId);
    expect(await history.list('ann', 10)).toHaveLength(1);
  });

  it('notes no service without a chat', async () => {
    const serviceId = await lab.request();
    await lab.execute(serviceId, { type: 'IdentifyOwner', user: 'ann' });
    await follow(serviceId);
    expect(notes).toBe(0);
  });

  it('notes a chat that was over before anybody looked', async () => {
    const serviceId = await chatOf('ann');
    await lab.execute(serviceId, { type: 'DeleteService' });
    await follow(serviceId);
    expect((await history.list('ann', 10)).map((earlier) => earlier.serviceId)).toEqual([serviceId]);
  });

  it('notes it later when the store was away', async () => {
    const serviceId = await chatOf('ann');
    isAway = true;
    await expect(follow(serviceId)).rejects.toThrow(StoreUnavailableError);
    isAway = false;
    await follow(serviceId);
    expect(await history.list('ann', 10)).toHaveLength(1);
  });
});
