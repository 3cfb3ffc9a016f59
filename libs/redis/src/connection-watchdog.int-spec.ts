import { FaultProxy } from '../../../test/support/fault-proxy.js';
import { waitFor } from '../../../test/support/http.js';
import { startRedisSentinel, type TestSentinel } from '../../../test/support/redis-sentinel.js';
import { startRedis, type TestRedis } from '../../../test/support/redis-server.js';
import { createConnection, type RedisConnection } from './connection.js';
import { watchConnection } from './connection-watchdog.js';

const answers = (connection: RedisConnection, limitMs: number): Promise<unknown> =>
  waitFor('the connection to answer', () => connection.ping().catch(() => undefined), limitMs);

describe('a watched connection behind Sentinels', () => {
  let lab: TestSentinel;

  beforeAll(async () => {
    lab = await startRedisSentinel({ replicas: 1 });
  }, 60_000);

  afterAll(() => lab.stop());

  const connect = (): { readonly connection: RedisConnection; readonly seen: string[] } => {
    const connection = createConnection({ sentinels: lab.sentinels, sentinelName: lab.name }, 'commands');
    const seen: string[] = [];
    connection.on('error', () => undefined);
    connection.on('end', () => seen.push('end'));
    return { connection, seen };
  };

  /** What a failover does that is announced while the client connects: it then gives up for good. */
  const upset = async (connection: RedisConnection, seen: readonly string[]): Promise<void> => {
    connection.once('connecting', () => {
      connection.disconnect(true);
    });
    connection.disconnect(true);
    await waitFor('it to have given up', () => seen.includes('end'));
  };

  it('comes back after its client has given up, which it does not by itself', async () => {
    const [watched, left] = [connect(), connect()];
    const reasons: string[] = [];
    watchConnection(watched.connection, { onRebuilt: (reason) => reasons.push(reason) });
    for (const { connection, seen } of [watched, left]) {
      await connection.connect();
      await upset(connection, seen);
    }
    await answers(watched.connection, 10_000);
    expect(reasons).toContain('the client had given up');
    expect(left.connection.status).toBe('end');
    for (const { connection } of [watched, left]) connection.disconnect();
  }, 30_000);

  it('brings back what was made like it as well, and lets go of what was ended on purpose', async () => {
    const { connection } = connect();
    const reasons: string[] = [];
    watchConnection(connection, { onRebuilt: (reason) => reasons.push(reason) });
    await connection.connect();
    const like = connection.duplicate();
    like.on('error', () => undefined);
    const seen: string[] = [];
    like.on('end', () => seen.push('end'));
    await like.connect();
    await upset(like, seen);
    await answers(like, 10_000);
    expect(reasons).toEqual(['the client had given up']);
    for (const each of [like, connection]) each.disconnect();
    await waitFor('both to have ended', () => [like, connection].every(({ status }) => status === 'end'));
    expect(reasons).toHaveLength(1);
  }, 30_000);
});

describe('a watched connection on which nothing comes any more', () => {
  let redis: TestRedis;
  let proxy: FaultProxy;

  beforeAll(async () => {
    redis = await startRedis();
    proxy = await FaultProxy.start(redis);
  });

  afterAll(async () => {
    await proxy.close();
    await redis.stop();
  });

  it('is made anew, though nothing ever closed it', async () => {
    const connection = createConnection({ url: proxy.url }, 'queue');
    connection.on('error', () => undefined);
    const reasons: string[] = [];
    watchConnection(connection, {
      probe: () => connection.set('watchdog', '1'),
      patienceMs: 1_000,
      onRebuilt: (reason) => reasons.push(reason),
    });
    await connection.connect();
    const before = proxy.counters.connections;
    proxy.freeze();
    const asked = connection.set('key', 'value');
    await waitFor('it to be given up', () => reasons.length > 0);
    proxy.thaw();
    expect(await asked).toBe('OK');
    // The old one may still have brought the answer.
    await waitFor('a new connection', () => proxy.counters.connections > before);
    connection.disconnect();
  }, 30_000);
});
