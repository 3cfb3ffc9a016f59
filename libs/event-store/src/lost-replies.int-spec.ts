import { BEFORE_FIRST, type ServiceCommand } from '@app/domain';
import { createConnection, defineScripts, type RedisConnection, StoreUnavailableError } from '@app/redis';
import { FaultProxy } from '../../../test/support/fault-proxy.js';
import { startRedis, type TestRedis } from '../../../test/support/redis-server.js';
import { ServiceLab } from '../../../test/support/service-lab.js';
import { waitFor } from '../../../test/support/http.js';
import { MAX_N } from './event-store.js';
import { RedisEventStore } from './redis-event-store.js';

const LOST = 200;

const say =
  (text: string) =>
  (_: unknown, nowMs: number): readonly ServiceCommand[] => [
    { type: 'SendMessage', by: 'customer', text, atMs: nowMs },
  ];

describe('a store whose network fails', () => {
  let redis: TestRedis;
  let proxy: FaultProxy;
  let lab: ServiceLab;
  let id: string;
  const connections: RedisConnection[] = [];
  const clock = { nowMs: () => Date.now() };

  beforeAll(async () => {
    redis = await startRedis();
    proxy = await FaultProxy.start({ port: redis.port });
  });

  beforeEach(async () => {
    lab = new ServiceLab(`redis://127.0.0.1:${proxy.port}`, clock);
    id = await lab.startChat();
  });

  afterEach(() => {
    proxy.isRefusing = false;
    for (const connection of connections.splice(0)) connection.disconnect();
    lab.close();
  });

  afterAll(async () => {
    await proxy.close();
    await redis.stop();
  });

  const texts = async (): Promise<string[]> => (await lab.transcript(id)).map(([, , text]) => text);

  it(`doubles and misses nothing when ${LOST} replies are lost`, async () => {
    for (let index = 0; index < LOST; index += 1) {
      proxy.loseReplies(1);
      const outcome = await lab.repository.execute(id, { commands: say(`m${index}`), commandId: `~c${index}` });
      expect(outcome.to).toBe(index + 2);
    }
    expect(await texts()).toEqual(Array.from({ length: LOST }, (_, index) => `m${index}`));
    expect(proxy.counters.lostReplies).toBeGreaterThanOrEqual(LOST);
  });

  it('doubles and misses nothing when requests are lost', async () => {
    for (let index = 0; index < 20; index += 1) {
      proxy.loseRequests(1);
      await lab.repository.execute(id, { commands: say(`m${index}`), commandId: `~r${index}` });
    }
    expect(await texts()).toEqual(Array.from({ length: 20 }, (_, index) => `m${index}`));
  });

  it('gives the same reply when a look at the transcript loses its answer', async () => {
    await lab.repository.execute(id, { commands: say('one'), commandId: '~one' });
    proxy.loseReplies(1);
    const view = await lab.repository.view(id, { reply: { from: 'cursor' } });
    expect(view?.lines).toHaveLength(1);
    expect((await lab.repository.view(id, { reply: { from: 'cursor' } }))?.lines).toHaveLength(0);
  });

  it('shows what a lost answer held, although another gateway has moved the cursor since', async () => {
    const direct = createConnection({ url: redis.url }, 'commands');
    connections.push(direct);
    defineScripts(direct);
    const elsewhere = new RedisEventStore(direct, lab.keys, { deadlineMs: 3_000 });
    await lab.repository.execute(id, { commands: say('one'), commandId: '~one' });
    const lostBefore = proxy.counters.lostReplies;
    proxy.loseReplies(1);
    proxy.isRefusing = true;
    const looking = lab.repository.view(id, { reply: { from: 'cursor' } });
    await waitFor('the answer is lost', () => proxy.counters.lostReplies > lostBefore, 1_000);
    for (const text of ['two', 'three']) {
      const [last] = (await elsewhere.read(id, BEFORE_FIRST, { position: MAX_N, n: 0 })).slice(-1);
      const position = (last?.position ?? 0) + 1;
      const body = last?.body ?? '';
      const line = `["Message.Text","Ann","${text}","0","CLIENT"]`;
      const expected = { position: position - 1, n: 0 };
      await elsewhere.append(id, { expected, entries: [{ position, n: 0, line, body, hash: 'h' }] });
      await elsewhere.sync(id, { known: null, callId: text, reply: { from: 'cursor' } });
    }
    proxy.isRefusing = false;
    expect((await looking)?.from).toBe(0);
  });

  it('says so in time when Redis does not answer, and goes on when it does', async () => {
    redis.freeze();
    const startedMs = performance.now();
    await expect(lab.repository.execute(id, { commands: say('frozen'), commandId: '~f' })).rejects.toThrow(
      StoreUnavailableError,
    );
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    redis.thaw();
    await lab.repository.execute(id, { commands: say('frozen'), commandId: '~f' });
    expect(await texts()).toEqual(['frozen']);
  });
});
