import { FixedClock, ServiceLab } from '../../../test/support/service-lab.js';
import { partitionOfUser, userKeyOf } from './service-id.js';
import { UserHistory } from './user-history.js';

const DAY_S = 86_400;

describe('UserHistory', () => {
  let lab: ServiceLab;
  let history: UserHistory;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
    history = new UserHistory(lab.redis, lab.keys, 3_000);
  });

  afterEach(() => {
    lab.close();
  });

  const keyOf = (user: string): string =>
    lab.keys.user(partitionOfUser(user, lab.keys.partitions), userKeyOf(user)).history;

  it('lists what a user had, newest first, as many as are asked for', async () => {
    for (const startedAtMs of [2_000, 3_000, 1_000]) {
      await history.note('ann', { serviceId: `s${startedAtMs}`, startedAtMs });
    }
    expect(await history.list('ann', 2)).toEqual([
      { serviceId: 's3000', startedAtMs: 3_000 },
      { serviceId: 's2000', startedAtMs: 2_000 },
    ]);
    expect(await history.list('ann', 100)).toHaveLength(3);
  });

  it('keeps users apart, whatever they are called', async () => {
    const users = ['ann', 'Ann', 'ann ', 'a{n}n', 'ann:h:*', '😀'];
    for (const user of users) await history.note(user, { serviceId: `of ${user}`, startedAtMs: 1 });
    for (const user of users) {
      expect(await history.list(user, 10)).toEqual([{ serviceId: `of ${user}`, startedAtMs: 1 }]);
    }
    expect(await history.list('bob', 10)).toEqual([]);
  });

  it('is the same when the same is noted again', async () => {
    const earlier = { serviceId: 's', startedAtMs: 5 };
    await Promise.all([1, 2, 3].map(() => history.note('ann', earlier)));
    expect(await history.list('ann', 10)).toEqual([earlier]);
  });

  it('keeps the newest hundred, for ninety days after the last', async () => {
    for (let at = 1; at <= 105; at += 1) await history.note('ann', { serviceId: `s${at}`, startedAtMs: at });
    const listed = await history.list('ann', 1_000);
    expect(listed).toHaveLength(100);
    expect(listed.at(0)?.serviceId).toBe('s105');
    expect(listed.at(-1)?.serviceId).toBe('s6');
    const ttlS = await lab.redis.ttl(keyOf('ann'));
    expect(ttlS).toBeGreaterThan(90 * DAY_S - 60);
    expect(ttlS).toBeLessThanOrEqual(90 * DAY_S);
  });

  it('lists nothing when nothing is asked for', async () => {
    await history.note('ann', { serviceId: 's', startedAtMs: 1 });
    expect(await history.list('ann', 0)).toEqual([]);
  });
});
