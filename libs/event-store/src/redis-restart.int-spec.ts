import { BEFORE_FIRST, type ServiceCommand } from '@app/domain';
import { StoreUnavailableError } from '@app/redis';
import { serviceEventCodec } from '@app/wire';
import { startRedis, type TestRedis } from '../../../test/support/redis-server.js';
import { FixedClock, ServiceLab } from '../../../test/support/service-lab.js';
import { AggregateRepository } from './aggregate-repository.js';
import { MAX_N, type StoredEntry } from './event-store.js';
import { verifyChain } from './hash-chain.js';
import { RedisEventStore } from './redis-event-store.js';
import { partitionOfService } from './service-id.js';
import { serviceKind } from './service-kind.js';

const say = (text: string) => (): readonly ServiceCommand[] => [{ type: 'SendMessage', by: 'customer', text, atMs: 0 }];

/** What a call may take when Redis does not answer, in milliseconds: its deadline, and a little for the machine. */
const ANSWER_MS = 4_500;

describe('a chat whose Redis goes away', () => {
  let redis: TestRedis;
  let lab: ServiceLab;
  let id: string;
  let commands = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });

  beforeEach(async () => {
    lab = new ServiceLab(redis.url, new FixedClock());
    id = await lab.startChat();
  });

  afterEach(async () => {
    await lab.redis.config('SET', 'maxmemory', '0');
    lab.close();
  });

  afterAll(async () => {
    await redis.stop();
  });

  const send = (text: string, repository = lab.repository) =>
    repository.execute(id, { commands: say(text), commandId: `k:${(commands += 1)}` });
  /** A process of its own that notes what it finds rolled back. */
  const watchedRepository = (rolledBack: string[]) =>
    new AggregateRepository(
      new RedisEventStore(lab.redis, lab.keys, { deadlineMs: 3_000 }),
      serviceKind({ messagesPer10S: 1_000, messagesPerChat: 10_000 }, serviceEventCodec),
      lab.clock,
      { cacheEntries: 10, cacheBytes: 1_000_000, onRolledBack: (streamId) => rolledBack.push(streamId) },
    );
  const texts = async (): Promise<readonly string[]> => (await lab.transcript(id)).map(([, , text]) => text);
  const entries = (): Promise<readonly StoredEntry[]> =>
    new RedisEventStore(lab.redis, lab.keys, { deadlineMs: 3_000 }).read(id, BEFORE_FIRST, { position: MAX_N, n: 0 });

  it('goes on after a restart, which forgets all scripts', async () => {
    await send('before');
    await redis.restart();
    expect((await send('after')).to).toBe(3);
    expect(await texts()).toEqual(['before', 'after']);
  });

  it('has everything that was answered when Redis was killed', async () => {
    for (let index = 0; index < 20; index += 1) await send(`m${index}`);
    await redis.kill();
    await redis.restart();
    await send('after');
    expect(await texts()).toEqual([...Array.from({ length: 20 }, (_, index) => `m${index}`), 'after']);
    expect(verifyChain(await entries())).toBeUndefined();
  });

  it('goes on when Redis forgets its scripts while everybody is connected', async () => {
    const other = lab.newRepository();
    await send('one');
    await send('two', other);
    await lab.redis.script('FLUSH');
    await send('three', other);
    await send('four');
    expect(await texts()).toEqual(['one', 'two', 'three', 'four']);
  });

  it('notices that Redis has lost events that it had answered, and gives no position a second time', async () => {
    const rolledBack: string[] = [];
    const { stream } = lab.keys.service(partitionOfService(id, lab.keys.partitions), id);
    const watching = watchedRepository(rolledBack);
    await send('kept', watching);
    const before = await lab.redis.dumpBuffer(stream);
    const { to: lost } = await send('lost', watching);
    await lab.redis.restore(stream, 0, before, 'REPLACE');
    const { kind, to } = await send('after', watching);
    // Whoever has seen what is lost asks for what comes after it.
    expect([kind, to]).toEqual(['appended', lost + 1]);
    expect(rolledBack).toEqual([id]);
    const textsIn = (lines: readonly string[] = []): unknown[] =>
      (JSON.parse(`[${lines.join()}]`) as [string, string, string][]).map(([, , text]) => text);
    expect(textsIn((await watching.view(id, { reply: { from: 1 } }))?.lines)).toEqual(['kept', 'after']);
    // Others who know of no loss, with blocks and without.
    for (let index = 0; index < 140; index += 1) await send(`m${index}`, watching);
    const expected = ['kept', 'after', ...Array.from({ length: 140 }, (_, index) => `m${index}`)];
    expect(textsIn((await lab.newRepository().view(id, { reply: { from: 1 } }))?.lines)).toEqual(expected);
    const { meta } = lab.keys.service(partitionOfService(id, lab.keys.partitions), id);
    await lab.redis.hdel(meta, 'b0', 'b1');
    expect(textsIn((await lab.newRepository().view(id, { reply: { from: 1 } }))?.lines)).toEqual(expected);
    expect(verifyChain(await entries())).toBeUndefined();
  });

  it('finds a flipped byte at its place', async () => {
    for (const text of ['one', 'two', 'three']) await send(text);
    const stored = await entries();
    expect(verifyChain(stored)).toBeUndefined();
    const broken = stored.map((entry) => ({ ...entry, line: entry.line.replace('two', 'twp') }));
    expect(verifyChain(broken)).toEqual({ position: 3, n: 0 });
  });

  it('still shows the transcript when Redis is out of memory, also to those who wait behind a refused write', async () => {
    await send('before');
    await lab.redis.config('SET', 'maxmemory', '1');
    const refused = send('no room');
    const shown = lab.repository.view(id, { reply: { from: 1 } });
    await expect(refused).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(shown).resolves.toMatchObject({ to: 2 });
    await lab.redis.config('SET', 'maxmemory', '0');
    await send('after');
    expect(await texts()).toEqual(['before', 'after']);
  });

  it('tells everybody so in time when Redis is frozen, however many wait for one service', async () => {
    await send('before');
    const other = lab.newRepository();
    await other.view(id);
    redis.freeze();
    const startedMs = performance.now();
    const waits = Array.from({ length: 12 }, async (_, index) => {
      const failed = index % 3 === 2 ? other.view(id) : send(`m${index}`, index % 2 === 0 ? other : lab.repository);
      await expect(failed).rejects.toBeInstanceOf(StoreUnavailableError);
      return performance.now() - startedMs;
    });
    const took = await Promise.all(waits);
    expect(Math.max(...took)).toBeLessThan(ANSWER_MS);
    redis.thaw();
    await send('after');
    const seen = await texts();
    expect(new Set(seen).size).toBe(seen.length);
    expect([seen[0], seen.at(-1)]).toEqual(['before', 'after']);
    expect(verifyChain(await entries())).toBeUndefined();
  });
});
