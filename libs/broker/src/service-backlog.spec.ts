import type { FeedEntry } from './feed-entry.js';
import { type Again, ServiceBacklog } from './service-backlog.js';

const entry = (serviceId: string, position: number): FeedEntry => ({
  id: `${position}-0`,
  partition: 0,
  serviceId,
  position,
  n: 0,
});

interface Run {
  readonly serviceId: string;
  readonly positions: readonly number[];
  readonly finish: (again?: Again) => Promise<void>;
}

/** A backlog whose runs end when the test says so. */
const observedBacklog = (concurrency: number): { backlog: ServiceBacklog; runs: Run[] } => {
  const runs: Run[] = [];
  const backlog = new ServiceBacklog({
    concurrency,
    handle: (entries) =>
      new Promise((resolve) => {
        runs.push({
          serviceId: entries[0]!.serviceId,
          positions: entries.map(({ position }) => position),
          finish: async (again) => {
            resolve(again);
            await new Promise(setImmediate);
          },
        });
      }),
  });
  return { backlog, runs };
};

describe('ServiceBacklog', () => {
  it('handles the entries of one service one after another, all that gathered in one go', async () => {
    const { backlog, runs } = observedBacklog(8);
    for (const position of [1, 2, 3]) backlog.add(entry('a', position));
    expect(runs.map(({ positions }) => positions)).toEqual([[1]]);
    await runs[0]!.finish();
    expect(runs.map(({ positions }) => positions)).toEqual([[1], [2, 3]]);
    await runs[1]!.finish();
    backlog.add(entry('a', 4));
    expect(runs[2]!.positions).toEqual([4]);
  });

  it('handles different services side by side up to its bound, the longest waiting first', async () => {
    const { backlog, runs } = observedBacklog(2);
    for (const serviceId of ['a', 'b', 'c', 'd']) backlog.add(entry(serviceId, 1));
    backlog.add(entry('a', 2));
    expect(runs.map(({ serviceId }) => serviceId)).toEqual(['a', 'b']);
    await runs[0]!.finish();
    await runs[1]!.finish();
    expect(runs.map(({ serviceId }) => serviceId)).toEqual(['a', 'b', 'c', 'd']);
    await runs[2]!.finish();
    expect(runs[4]).toMatchObject({ serviceId: 'a', positions: [2] });
  });

  it('gives the place of a service that pauses to others, and adds to it what comes meanwhile', async () => {
    const { backlog, runs } = observedBacklog(1);
    backlog.add(entry('a', 1));
    backlog.add(entry('b', 1));
    await runs[0]!.finish({ entries: [entry('a', 1)], pauseMs: 5 });
    backlog.add(entry('a', 2));
    expect(runs[1]!.serviceId).toBe('b');
    await runs[1]!.finish();
    const third = await new Promise<Run>((resolve) => {
      const look = (): void => {
        if (runs[2] === undefined) setImmediate(look);
        else resolve(runs[2]);
      };
      look();
    });
    expect(third).toMatchObject({ serviceId: 'a', positions: [1, 2] });
  });

  it('starts nothing after stop, which waits for what runs', async () => {
    const { backlog, runs } = observedBacklog(1);
    backlog.add(entry('a', 1));
    backlog.add(entry('b', 1));
    let isStopped = false;
    const stopped = backlog.stop().then(() => {
      isStopped = true;
    });
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    await runs[0]!.finish();
    await stopped;
    expect(runs).toHaveLength(1);
  });
});
