import { type Job, Queue } from 'bullmq';
import { StoreUnavailableError } from '@app/redis';
import { waitFor } from '../../../../test/support/http.js';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { DeadLetters } from '@app/outbound';
import { type Attempt, OutboundQueue } from './outbound-queue.js';

interface Letter {
  readonly to: string;
  readonly isReplayed?: boolean;
}

const NAME = 'letters';
const LONGEST_PAUSE_MS = 60_000;
const busy = (afterMs?: number): Attempt => ({
  outcome: 'retry',
  reason: 'status 503',
  ...(afterMs === undefined ? {} : { afterMs }),
});

describe('OutboundQueue', () => {
  let lab: ServiceLab;
  /** The same queue, as an operator sees it. */
  let jobs: Queue<Letter>;
  let lines: string[];
  let tried: { readonly letter: Letter; readonly isLast: boolean }[];
  let answers: (Attempt | Error)[];
  let queues: OutboundQueue<Letter>[];

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
    jobs = new Queue(NAME, { connection: lab.connect('queue'), prefix: lab.keys.queues() });
    jobs.on('error', () => undefined);
    [lines, tried, answers, queues] = [[], [], [], []];
  });

  afterEach(async () => {
    await Promise.all(queues.map((queue) => queue.close()));
    await jobs.close();
    lab.close();
  });

  const started = (more: { readonly triesMax?: number; readonly rememberS?: number } = {}): OutboundQueue<Letter> => {
    const write = (...words: unknown[]): number => lines.push(JSON.stringify(words));
    const queue = new OutboundQueue<Letter>({
      ...{ name: NAME, connection: lab.connect('queue'), prefix: lab.keys.queues() },
      ...{ triesMax: 5, longestPauseMs: LONGEST_PAUSE_MS, rememberS: 0, ...more },
      logger: { debug: write, info: write, error: write },
      attempt: (letter, isLast) => {
        tried.push({ letter, isLast });
        const answer = answers.shift() ?? ({ outcome: 'done' } as const);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    });
    queue.start();
    queues.push(queue);
    return queue;
  };
  const delayed = (id: string, tries: number): Promise<Job<Letter>> =>
    waitFor(`${id} to wait after ${tries} tries`, async () => {
      const job = await jobs.getJob(id);
      return job?.attemptsMade === tries && (await job.isDelayed()) ? job : undefined;
    });
  const deadLetter = (id: string): Promise<Job<Letter>> =>
    waitFor(`${id} to be a dead letter`, async () => {
      // What was read before it failed says nothing of why.
      const isDead = (await jobs.getJobState(id)) === 'failed';
      return isDead ? jobs.getJob(id) : undefined;
    });
  const gone = (id: string): Promise<unknown> =>
    waitFor(`nothing of ${id} to be left`, async () => (await jobs.getJob(id)) === undefined);

  it('does each once, however often it is added', async () => {
    const queue = started({ rememberS: 60 });
    const other = started({ rememberS: 60 });
    await Promise.all([queue, other, queue].map((each) => each.add('a', { to: 'ann' })));
    await waitFor('it to be done', async () => (await jobs.getJob('a'))?.isCompleted());
    await other.add('a', { to: 'ann' });
    await queue.add('b', { to: 'bob' });
    await waitFor('a later one to be done', async () => (await jobs.getJob('b'))?.isCompleted());
    expect(tried.map(({ letter }) => letter.to)).toEqual(['ann', 'bob']);
  });

  it('tries again after growing pauses, says which try is the last, and keeps what it gives up', async () => {
    const queue = started({ triesMax: 3 });
    answers = [busy(), busy(), busy()];
    await queue.add('a', { to: 'ann' });
    const pauses: number[] = [];
    for (const tries of [1, 2]) {
      const job = await delayed('a', tries);
      pauses.push(job.delay);
      await job.promote();
    }
    const dead = await deadLetter('a');
    expect(pauses[0]).toBeGreaterThanOrEqual(750);
    expect(pauses[0]).toBeLessThanOrEqual(1_000);
    expect(pauses[1]).toBeGreaterThanOrEqual(1_500);
    expect(pauses[1]).toBeLessThanOrEqual(2_000);
    expect(tried.map(({ isLast }) => isLast)).toEqual([false, false, true]);
    expect(dead.failedReason).toBe('status 503');
  });

  it('waits as long as it is asked to, longer than its own longest pause too', async () => {
    const queue = started();
    answers = [busy(600_000)];
    await queue.add('a', { to: 'ann' });
    expect((await delayed('a', 1)).delay).toBe(600_000);
  });

  it('gives up at once what is hopeless', async () => {
    const queue = started();
    answers = [{ outcome: 'hopeless', reason: 'status 400' }];
    await queue.add('a', { to: 'ann' });
    expect((await deadLetter('a')).failedReason).toBe('status 400');
    expect(tried).toHaveLength(1);
  });

  it('counts no try for which the store was away', async () => {
    const queue = started({ triesMax: 1 });
    answers = [new StoreUnavailableError('away')];
    await queue.add('a', { to: 'ann' });
    const job = await delayed('a', 0);
    await job.promote();
    await gone('a');
    expect(tried.map(({ isLast }) => isLast)).toEqual([true, true]);
  });

  it('keeps the words of an unexpected error out of logs and jobs: they may be a customer’s', async () => {
    const queue = started({ triesMax: 1 });
    answers = [new TypeError('my secret is 4711')];
    await queue.add('a', { to: 'ann' });
    const dead = await deadLetter('a');
    await waitFor('the line', () => Promise.resolve(lines.length > 0));
    expect(dead.failedReason).toBe('TypeError');
    expect(JSON.stringify([dead.toJSON(), lines])).not.toContain('4711');
    expect(lines.join()).toContain('TypeError');
  });

  it('says when it cannot take one', async () => {
    const queue = started();
    lab.close();
    await expect(queue.add('a', { to: 'ann' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  describe('its dead letters', () => {
    const letters = (): DeadLetters =>
      new DeadLetters({ connection: lab.connect('queue'), prefix: lab.keys.queues(), names: [NAME, 'empty'] });

    it('are tried again from the first try, and know that they are', async () => {
      const queue = started({ triesMax: 2 });
      const refusal: Attempt = { outcome: 'hopeless', reason: 'status 400' };
      answers = [refusal, refusal];
      await Promise.all(['a', 'b'].map((id) => queue.add(id, { to: id })));
      await Promise.all(['a', 'b'].map(deadLetter));
      tried = [];
      expect(await letters().replay()).toBe(2);
      await Promise.all(['a', 'b'].map(gone));
      expect(tried.map(({ letter }) => letter).sort((a, b) => a.to.localeCompare(b.to))).toEqual([
        { to: 'a', isReplayed: true },
        { to: 'b', isReplayed: true },
      ]);
      expect(tried.map(({ isLast }) => isLast)).toEqual([false, false]);
      expect(await letters().replay()).toBe(0);
    });

    it('are tried again once, whoever asks at the same time', async () => {
      const queue = started();
      answers = Array<Attempt>(10).fill({ outcome: 'hopeless', reason: 'status 400' });
      const ids = Array.from({ length: 10 }, (_, at) => `job-${at}`);
      await Promise.all(ids.map((id) => queue.add(id, { to: id })));
      await Promise.all(ids.map(deadLetter));
      await queue.close();
      const counts = await Promise.all([letters(), letters(), letters()].map((each) => each.replay()));
      expect(counts.reduce((sum, count) => sum + count)).toBe(10);
      expect(await jobs.getWaitingCount()).toBe(10);
    });

    it('are tried again by nobody who only asks for it', async () => {
      const queue = started();
      answers = [{ outcome: 'hopeless', reason: 'status 400' }];
      await queue.add('a', { to: 'ann' });
      await deadLetter('a');
      await queue.close();
      expect(await letters().replay()).toBe(1);
      expect(await (await jobs.getJob('a'))?.getState()).toBe('waiting');
      expect(tried).toHaveLength(1);
    });
  });
});
