import { FixedClock, ServiceLab } from '../../../test/support/service-lab.js';
import { FeedDeadLetters } from './feed-dead-letters.js';

describe('FeedDeadLetters', () => {
  const lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
  const letters = new FeedDeadLetters(lab.redis, lab.keys, 3_000);
  const bury = (partition: number, serviceId: string) =>
    lab.redis.xadd(lab.keys.deadLetters(partition), '*', 's', serviceId, 'e', '3-0', 'reason', 'TypeError');

  afterAll(() => {
    lab.close();
  });

  it('are told with their reasons, over all partitions', async () => {
    await bury(1, 'one');
    await bury(3, 'two');
    expect(await letters.list()).toEqual([
      { partition: 1, serviceId: 'one', reached: '3-0', reason: 'TypeError', atMs: expect.any(Number) },
      { partition: 3, serviceId: 'two', reached: '3-0', reason: 'TypeError', atMs: expect.any(Number) },
    ]);
  });

  it('go back into their feeds once, whoever asks for it at the same time', async () => {
    for (let index = 0; index < 1_200; index += 1) await bury(2, `many-${index}`);
    const others = [1, 2].map(() => new FeedDeadLetters(lab.connect('commands'), lab.keys, 3_000));
    const counts = await Promise.all([letters, ...others].map((each) => each.replay()));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1_202);
    expect(await letters.list()).toEqual([]);
    const feed = await lab.redis.xrange(lab.keys.feed(2), '-', '+');
    expect(feed).toHaveLength(1_200);
    expect(feed[0]?.[1]).toEqual(['s', 'many-0', 'e', '3-0']);
  });
});
