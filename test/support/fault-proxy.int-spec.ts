import { Redis } from 'ioredis';
import { FaultProxy } from './fault-proxy.js';
import { startRedis, type TestRedis } from './redis-server.js';

describe('a fault proxy before a real Redis', () => {
  let server: TestRedis;
  let proxy: FaultProxy;
  let direct: Redis;
  const clients: Redis[] = [];

  /** A client that never asks twice by itself, so that each fault shows. */
  const client = (more: { readonly socketTimeout?: number } = {}): Redis => {
    const redis = new Redis(proxy.url, {
      maxRetriesPerRequest: 0,
      retryStrategy: () => 5,
      disconnectTimeout: 10,
      ...more,
    });
    redis.on('error', () => undefined);
    clients.push(redis);
    return redis;
  };

  beforeAll(async () => {
    server = await startRedis();
    direct = new Redis(server.url);
  });

  afterAll(async () => {
    direct.disconnect();
    await server.stop();
  });

  beforeEach(async () => {
    await direct.flushall();
    proxy = await FaultProxy.start(server);
  });

  afterEach(async () => {
    for (const redis of clients.splice(0)) redis.disconnect();
    await proxy.close();
  });

  it('is transparent until told otherwise, for values of any size and content', async () => {
    const value = Buffer.alloc(300_000, '*3\r\n$5\r\nhello\r\n');
    const redis = client();
    await redis.set('big', value);
    expect(Buffer.compare((await redis.getBuffer('big'))!, value)).toBe(0);
    expect(await redis.mget('big', 'none').then((values) => values[1])).toBeNull();
    expect(proxy.counters.lostReplies).toBe(0);
  });

  it('loses replies of commands that were carried out', async () => {
    const redis = client();
    await redis.ping();
    proxy.loseReplies(3);
    const answers = [];
    for (let turn = 0; turn < 5; turn += 1) answers.push(await redis.incr('n').catch(() => 'lost'));
    expect(answers).toEqual(['lost', 'lost', 'lost', 4, 5]);
    expect(await direct.get('n')).toBe('5');
    expect(proxy.counters).toMatchObject({ lostReplies: 3, lostRequests: 0 });
  });

  it('loses requests before they reach the server', async () => {
    const redis = client();
    await redis.ping();
    proxy.loseRequests(2);
    const answers = [];
    for (let turn = 0; turn < 3; turn += 1) answers.push(await redis.incr('n').catch(() => 'lost'));
    expect(answers).toEqual(['lost', 'lost', 1]);
    expect(proxy.counters).toMatchObject({ lostReplies: 0, lostRequests: 2 });
  });

  it('delivers what was answered before the lost reply of a pipeline', async () => {
    const redis = client();
    await redis.ping();
    proxy.loseReplies(1, (name) => name === 'incr');
    const answers = await Promise.all([redis.set('a', '1'), redis.incr('n').catch(() => 'lost')]);
    expect(answers).toEqual(['OK', 'lost']);
    expect(await direct.get('n')).toBe('1');
  });

  it('holds everything while frozen and goes on when thawed', async () => {
    const redis = client();
    await redis.ping();
    proxy.freeze();
    const answer = redis.incr('n');
    const late = client();
    const lateAnswer = late.incr('m');
    expect(await direct.exists('n', 'm')).toBe(0);
    proxy.thaw();
    expect(await Promise.all([answer, lateAnswer])).toEqual([1, 1]);
  });

  it('shows a frozen network to a client with a socket timeout', async () => {
    const redis = client({ socketTimeout: 100 });
    await redis.ping();
    proxy.freeze();
    await expect(redis.incr('n')).rejects.toThrow();
  });

  it('cuts connections, and new ones work', async () => {
    const redis = client();
    await redis.ping();
    const ended = new Promise((resolve) => redis.once('close', resolve));
    proxy.cut();
    await ended;
    expect(await redis.incr('n')).toBe(1);
    expect(proxy.counters.connections).toBe(2);
  });

  it('delays replies and keeps their order', async () => {
    const redis = client();
    await redis.ping();
    proxy.delayMs = 40;
    const begun = performance.now();
    expect(await Promise.all([redis.incr('n'), redis.incr('n'), redis.incr('n')])).toEqual([1, 2, 3]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(38);
  });
});
