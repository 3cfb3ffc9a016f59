import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Controller, Module, UseFilters } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, type MicroserviceOptions, Payload } from '@nestjs/microservices';
import {
  createConnection,
  defineScripts,
  KeySpace,
  type RedisConnection,
  type RedisTopology,
  StoreUnavailableError,
} from '@app/redis';
import { startRedis, type TestRedis } from '../../../test/support/redis-server.js';
import { topologyOf } from '../../../test/support/test-topology.js';
import { waitFor } from '../../../test/support/http.js';
import { FeedExceptionFilter } from './feed-exception.filter.js';
import { FEED_DEFAULTS, type FeedServerOptions } from './feed-options.js';
import { FeedServer } from './feed-server.js';
import { SERVICE_CHANGED, type ServiceChanged } from './service-changed.js';

const PARTITIONS = 4;
const GROUP = 'worker';

type Handler = (changed: ServiceChanged) => Promise<unknown>;

/** One feed in a Redis, its workers, and the eyes of the test. */
class Feed {
  readonly keys = new KeySpace(`test-${randomBytes(6).toString('hex')}`, PARTITIONS);
  readonly logged: { fields: object; message: string }[] = [];
  readonly redis: RedisConnection;
  private readonly connections: RedisConnection[] = [];
  private readonly servers: FeedServer[] = [];

  constructor(private readonly topology: RedisTopology) {
    this.redis = this.connect('commands');
  }

  connect(purpose: 'commands' | 'subscriber'): RedisConnection {
    const connection = createConnection(this.topology, purpose);
    connection.on('error', () => undefined);
    if (purpose === 'commands') defineScripts(connection);
    this.connections.push(connection);
    return connection;
  }

  /** A server that is not listening yet; every pause is short, so that tests are. */
  server(options: Partial<FeedServerOptions> = {}): FeedServer {
    const log = (fields: object, message: string): void => {
      this.logged.push({ fields, message });
    };
    const server = new FeedServer({
      commands: this.connect('commands'),
      subscriber: this.connect('subscriber'),
      keys: this.keys,
      logger: { info: log, warn: log, error: log },
      sweepMs: 100,
      claimIdleMs: 400,
      retryPauseMs: 20,
      storePauseMs: 20,
      closeTimeoutMs: 2_000,
      ...options,
    });
    this.servers.push(server);
    return server;
  }

  async listen(handler: Handler, options: Partial<FeedServerOptions> = {}): Promise<FeedServer> {
    const server = this.server(options);
    server.addHandler(SERVICE_CHANGED, handler, true);
    await started(server);
    return server;
  }

  /** What the append script does. */
  async append(serviceId: string, position: number, { partition = 0, wakes = true } = {}): Promise<void> {
    const key = this.keys.feed(partition);
    await this.redis.xadd(key, '*', 's', serviceId, 'e', `${position}-0`);
    if (wakes) await this.redis.spublish(key, '');
  }

  async waitUntilEmpty(): Promise<void> {
    await waitFor('all entries are acknowledged', async () => {
      for (let partition = 0; partition < PARTITIONS; partition += 1) {
        const key = this.keys.feed(partition);
        if ((await this.redis.xlen(key)) > 0) return false;
        const [pending] = (await this.redis.xpending(key, GROUP)) as [number];
        if (pending > 0) return false;
      }
      return true;
    });
  }

  async deadLetters(partition = 0): Promise<readonly string[][]> {
    const entries = await this.redis.xrange(this.keys.deadLetters(partition), '-', '+');
    return entries.map(([, fields]) => fields);
  }

  async consumers(partition = 0): Promise<readonly string[]> {
    const consumers = (await this.redis.xinfo('CONSUMERS', this.keys.feed(partition), GROUP)) as string[][];
    return consumers.map(([, name]) => name ?? '');
  }

  /** Entries that somebody was given who then died. */
  async deliverTo(consumer: string, partition = 0): Promise<void> {
    const key = this.keys.feed(partition);
    await this.redis.xgroup('CREATE', key, GROUP, '0', 'MKSTREAM').catch(() => undefined);
    await this.redis.xreadgroup('GROUP', GROUP, consumer, 'STREAMS', key, '>');
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
    for (const connection of this.connections) connection.disconnect();
  }
}

const started = (server: FeedServer): Promise<void> =>
  new Promise((resolve, reject) => {
    server.listen((error) => {
      if (error === undefined) resolve();
      else reject(error);
    });
  });

const recorder = (): { seen: ServiceChanged[]; handler: Handler } => {
  const seen: ServiceChanged[] = [];
  return {
    seen,
    handler: (changed) => {
      seen.push(changed);
      return Promise.resolve();
    },
  };
};

@Controller()
@UseFilters(FeedExceptionFilter)
class FirstController {
  static readonly seen: ServiceChanged[] = [];
  static failures: Error[] = [];

  @EventPattern(SERVICE_CHANGED)
  onChange(@Payload() changed: ServiceChanged): void {
    const failure = FirstController.failures.shift();
    if (failure !== undefined) throw failure;
    FirstController.seen.push(changed);
  }
}

@Controller()
@UseFilters(FeedExceptionFilter)
class SecondController {
  static readonly seen: ServiceChanged[] = [];

  @EventPattern(SERVICE_CHANGED)
  async onChange(@Payload() changed: ServiceChanged): Promise<void> {
    await new Promise(setImmediate);
    SecondController.seen.push(changed);
  }
}

@Module({ controllers: [FirstController, SecondController] })
class TwoHandlersModule {}

describe('FeedServer', () => {
  const feeds: Feed[] = [];
  const newFeed = (topology: RedisTopology = topologyOf(process.env['TEST_REDIS_URL'])): Feed => {
    const feed = new Feed(topology);
    feeds.push(feed);
    return feed;
  };

  afterEach(async () => {
    await Promise.all(feeds.splice(0).map((feed) => feed.close()));
  });

  it('delivers entries of all partitions and takes them off the feed', async () => {
    const feed = newFeed();
    const { seen, handler } = recorder();
    await feed.listen(handler, { sweepMs: 60_000 });
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      await feed.append(`service-${partition}`, partition + 1, { partition });
    }
    await waitFor('all are delivered', () => seen.length === PARTITIONS);
    expect([...seen].sort((a, b) => a.position - b.position)).toEqual(
      [0, 1, 2, 3].map((partition) => ({ serviceId: `service-${partition}`, position: partition + 1, n: 0 })),
    );
    await feed.waitUntilEmpty();
  });

  it('takes up what was written before any worker had started', async () => {
    const feed = newFeed();
    await feed.append('early', 1, { wakes: false });
    const { seen, handler } = recorder();
    await feed.listen(handler, { sweepMs: 60_000 });
    await waitFor('it is delivered', () => seen.length === 1);
    await feed.waitUntilEmpty();
  });

  it('serves ordinary event handlers of Nest, all of them, and sees what they throw', async () => {
    const feed = newFeed();
    const onBuried: string[] = [];
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(TwoHandlersModule, {
      strategy: feed.server({ hooks: { onBuried: () => onBuried.push('buried') } }),
      logger: false,
    });
    FirstController.failures = [1, 2, 3].map(() => new StoreUnavailableError('away'));
    await app.listen();
    await feed.append('nest', 1);
    await waitFor('the first handler has had success', () => FirstController.seen.length === 1);
    expect(SecondController.seen.length).toBeGreaterThanOrEqual(1);
    await feed.waitUntilEmpty();
    expect(onBuried).toEqual([]);
    FirstController.failures = [new Error('no'), new Error('never')];
    await feed.append('poison', 1);
    await waitFor('it is buried', () => onBuried.length === 1);
    await app.close();
  });

  it('coalesces what waits for one service and takes it off together', async () => {
    const feed = newFeed();
    const seen: ServiceChanged[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    await feed.listen(async (changed) => {
      seen.push(changed);
      if (seen.length === 1) await gate;
    });
    await feed.append('busy', 1);
    await waitFor('the first is delivered', () => seen.length === 1);
    for (const position of [2, 3, 4]) await feed.append('busy', position);
    await feed.append('other', 1);
    await waitFor('the other service is not held up', () => seen.some(({ serviceId }) => serviceId === 'other'));
    const key = feed.keys.feed(0);
    await waitFor('all are read', async () => ((await feed.redis.xpending(key, GROUP)) as [number])[0] === 4);
    release();
    await feed.waitUntilEmpty();
    expect(seen.filter(({ serviceId }) => serviceId === 'busy').map(({ position }) => position)).toEqual([1, 4]);
  });

  it('does not take over what this or another living worker is still handling', async () => {
    const feed = newFeed();
    const seen: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const worker = (name: string): Handler => {
      return async () => {
        seen.push(name);
        await gate;
      };
    };
    // Entries are touched from one second on, so they must be left alone for longer here.
    await feed.listen(worker('one'), { claimIdleMs: 1_500 });
    await feed.append('slow', 1);
    await waitFor('it is delivered', () => seen.length === 1);
    await feed.listen(worker('two'), { claimIdleMs: 1_500 });
    const idleMs = async (): Promise<number> => {
      const pending = (await feed.redis.xpending(feed.keys.feed(0), GROUP, '-', '+', 1)) as [string, string, number][];
      return pending[0]?.[2] ?? 0;
    };
    await waitFor('it has been pending for a second', async () => (await idleMs()) > 950);
    await waitFor('its worker has touched it', async () => (await idleMs()) < 500);
    release();
    await feed.waitUntilEmpty();
    expect(seen).toEqual(['one']);
  });

  it('takes over the entries of a dead consumer', async () => {
    const feed = newFeed();
    await feed.append('orphan', 1);
    await feed.deliverTo('dead');
    const { seen, handler } = recorder();
    let claimed = 0;
    await feed.listen(handler, { hooks: { onClaimed: (entries) => (claimed += entries) } });
    await waitFor('it is delivered', () => seen.length === 1);
    await feed.waitUntilEmpty();
    expect(claimed).toBe(1);
  });

  it('buries an entry that fails twice, says nothing of what was written, and goes on with others', async () => {
    const feed = newFeed();
    const seen: string[] = [];
    await feed.listen(({ serviceId }) => {
      seen.push(serviceId);
      return serviceId === 'poison' ? Promise.reject(new RangeError('secret words')) : Promise.resolve();
    });
    await feed.append('poison', 7);
    await feed.append('good', 1);
    await feed.waitUntilEmpty();
    expect(seen.filter((serviceId) => serviceId === 'poison')).toHaveLength(2);
    expect(seen).toContain('good');
    expect(await feed.deadLetters()).toEqual([['s', 'poison', 'e', '7-0', 'reason', 'RangeError']]);
    expect(JSON.stringify(feed.logged)).not.toContain('secret');
  });

  it('buries an entry that its workers die of', async () => {
    const feed = newFeed();
    await feed.append('deadly', 1);
    await feed.deliverTo('dead');
    const [[id]] = (await feed.redis.xpending(feed.keys.feed(0), GROUP, '-', '+', 1)) as [[string]];
    for (let deaths = 1; deaths < FEED_DEFAULTS.deliveriesMax; deaths += 1) {
      await feed.redis.xclaim(feed.keys.feed(0), GROUP, `dead-${deaths}`, 0, id);
    }
    const { seen, handler } = recorder();
    await feed.listen(handler);
    await feed.waitUntilEmpty();
    expect(seen).toEqual([]);
    expect(await feed.deadLetters()).toEqual([['s', 'deadly', 'e', '1-0', 'reason', 'DELIVERED_TOO_OFTEN']]);
  });

  it('buries an entry that it cannot read', async () => {
    const feed = newFeed();
    const { seen, handler } = recorder();
    await feed.listen(handler);
    await feed.redis.xadd(feed.keys.feed(0), '*', 'nonsense', '1');
    await waitFor('it is buried', async () => (await feed.deadLetters()).length === 1);
    await feed.waitUntilEmpty();
    expect(seen).toEqual([]);
  });

  it('never counts the absence of the store against an entry', async () => {
    const feed = newFeed();
    let tries = 0;
    await feed.listen(() => {
      tries += 1;
      return tries < 6 ? Promise.reject(new StoreUnavailableError('away')) : Promise.resolve();
    });
    await feed.append('patient', 1);
    await feed.waitUntilEmpty();
    expect(tries).toBe(6);
    expect(await feed.deadLetters()).toEqual([]);
  });

  it('finds an entry whose wake-up was lost', async () => {
    const feed = newFeed();
    const { seen, handler } = recorder();
    await feed.listen(handler);
    await feed.append('silent', 1, { wakes: false });
    await waitFor('the sweep finds it', () => seen.length === 1);
    await feed.waitUntilEmpty();
  });

  it('makes its groups again when they were flushed away', async () => {
    const feed = newFeed();
    const { seen, handler } = recorder();
    await feed.listen(handler);
    await feed.redis.del(feed.keys.feed(0));
    await feed.append('after', 1);
    await waitFor('it is delivered', () => seen.length === 1);
    await feed.waitUntilEmpty();
  });

  it('shares the work with others: nothing is handled by both', async () => {
    const feed = newFeed();
    const one = recorder();
    const two = recorder();
    await feed.listen(one.handler);
    await feed.listen(two.handler);
    const services = Array.from({ length: 200 }, (_, index) => `service-${index}`);
    await Promise.all(services.map((serviceId, index) => feed.append(serviceId, 1, { partition: index % PARTITIONS })));
    await feed.waitUntilEmpty();
    const seen = [...one.seen, ...two.seen].map(({ serviceId }) => serviceId);
    expect(seen.sort()).toEqual(services.sort());
  });

  it('holds a bounded part of a long queue and works it all off', async () => {
    const feed = newFeed();
    const count = 1_000;
    for (let position = 1; position <= count; position += 1) {
      void feed.append(`service-${position}`, position, { wakes: false });
    }
    let running = 0;
    let most = 0;
    let handled = 0;
    await feed.listen(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise(setImmediate);
        running -= 1;
        handled += 1;
      },
      { concurrency: 10, sweepMs: 60_000 },
    );
    await waitFor('all are handled', () => handled >= count);
    await feed.waitUntilEmpty();
    expect(handled).toBe(count);
    expect(most).toBeLessThanOrEqual(10);
  });

  it('close waits for what runs, gives back what does not, and leaves the group', async () => {
    const feed = newFeed();
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const seen: string[] = [];
    const first = await feed.listen(
      async ({ serviceId }) => {
        seen.push(serviceId);
        await gate;
      },
      { concurrency: 1, consumer: 'first' },
    );
    await feed.append('running', 1);
    await feed.append('waiting', 1);
    await waitFor('both are read', async () => {
      const [pending] = (await feed.redis.xpending(feed.keys.feed(0), GROUP)) as [number];
      return pending === 2 && seen.length === 1;
    });
    let isClosed = false;
    const closed = first.close().then(() => {
      isClosed = true;
    });
    await feed.redis.ping();
    expect(isClosed).toBe(false);
    release();
    await closed;
    expect(seen).toEqual(['running']);
    expect(await feed.consumers(1)).not.toContain('first');
    const { seen: later, handler } = recorder();
    await feed.listen(handler, { claimIdleMs: 60_000, consumer: 'second' });
    const pending = (await feed.redis.xpending(feed.keys.feed(0), GROUP, '-', '+', 10)) as [
      string,
      string,
      number,
      number,
    ][];
    // Handed back as if nobody had ever had it: the next may take it over at once.
    expect(pending).toMatchObject([[expect.any(String), 'first', expect.any(Number), 0]]);
    await feed.listen(handler, { claimIdleMs: 400, consumer: 'third' });
    await waitFor('another one takes it over', () => later.length === 1);
    expect(later).toMatchObject([{ serviceId: 'waiting' }]);
  });

  it('forgets consumers that have been gone for long and have nothing', async () => {
    const feed = newFeed();
    await feed.append('any', 1);
    await feed.deliverTo('gone', 1);
    await feed.deliverTo('has-work', 0);
    const { handler } = recorder();
    await feed.listen(handler, { claimIdleMs: 60_000, consumerIdleMs: 200, consumer: 'alive' });
    await waitFor('it is forgotten', async () => !(await feed.consumers(1)).includes('gone'));
    expect(await feed.consumers(0)).toContain('has-work');
  });

  it('refuses to start without a handler, or with one of a pattern that nobody sends', async () => {
    const feed = newFeed();
    await expect(started(feed.server())).rejects.toThrow('expected event handlers of service.changed');
    const server = feed.server();
    server.addHandler('service.chnaged', () => Promise.resolve(), true);
    await expect(started(server)).rejects.toThrow('service.chnaged');
  });

  describe('over a Redis of its own', () => {
    let server: TestRedis;

    beforeAll(async () => {
      server = await startRedis();
    });

    afterAll(async () => {
      await server.stop();
    });

    it('goes on after a restart of Redis, and loses nothing', async () => {
      const feed = newFeed({ url: server.url });
      const seen = new Set<string>();
      await feed.listen(({ serviceId }) => {
        seen.add(serviceId);
        return Promise.resolve();
      });
      await feed.append('before', 1);
      await waitFor('the first is delivered', () => seen.has('before'));
      await server.restart();
      await waitFor('Redis takes entries again', () =>
        feed.append('after', 1).then(
          () => true,
          () => false,
        ),
      );
      await waitFor('the second is delivered', () => seen.has('after'));
      await waitFor('wake-ups arrive again', async () => {
        const subscribers = (await feed.redis.pubsub('SHARDNUMSUB', feed.keys.feed(0))) as [string, number];
        return subscribers[1] === 1;
      });
      await feed.waitUntilEmpty();
    });

    it('starts before Redis does', async () => {
      const feed = newFeed({ url: server.url });
      await server.kill();
      const { seen, handler } = recorder();
      await feed.listen(handler);
      await server.restart();
      await waitFor('Redis takes entries again', () =>
        feed.append('first', 1).then(
          () => true,
          () => false,
        ),
      );
      await waitFor('it is delivered', () => seen.length === 1);
      await feed.waitUntilEmpty();
    });
  });
});
