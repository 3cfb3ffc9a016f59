import { ApiProblem } from './agent-api.js';
import { retried } from './retried.js';

/** A task that fails so often before it succeeds, and what it was made to wait. */
const failing = (...problems: readonly ApiProblem[]) => {
  const waits: number[] = [];
  const left = [...problems];
  let tries = 0;
  const task = () => {
    tries += 1;
    const problem = left.shift();
    return problem === undefined ? Promise.resolve('done') : Promise.reject(problem);
  };
  const sleep = (ms: number) => {
    waits.push(ms);
    return Promise.resolve();
  };
  const run = () => retried(task, { tries: 3, waitsMs: [500, 2_000], sleep });
  return { run, waits, tries: () => tries };
};
const gone = new ApiProblem(0, '', 'no answer');

describe('a command that is tried again', () => {
  it('waits longer each time', async () => {
    const { run, waits } = failing(gone, gone);
    expect(await run()).toBe('done');
    expect(waits).toEqual([500, 2_000]);
  });

  it('gives up after three tries', async () => {
    const { run, tries } = failing(gone, gone, gone, gone);
    await expect(run()).rejects.toBe(gone);
    expect(tries()).toBe(3);
  });

  it('waits as long as the server asks, within reason', async () => {
    const { run, waits } = failing(new ApiProblem(429, '', 'slow', 4_000), new ApiProblem(503, '', 'away', 3_600_000));
    await run();
    expect(waits).toEqual([4_000, 10_000]);
  });

  it('is not tried again when it was refused', async () => {
    const { run, tries } = failing(new ApiProblem(409, 'CHAT_ENDED', 'over'));
    await expect(run()).rejects.toThrow('over');
    expect(tries()).toBe(1);
  });
});
