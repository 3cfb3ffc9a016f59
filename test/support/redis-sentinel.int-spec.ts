import { Redis } from 'ioredis';
import { waitFor } from './http.js';
import { startRedisSentinel, type TestSentinel } from './redis-sentinel.js';

describe('a master with two replicas that three Sentinels watch', () => {
  let lab: TestSentinel;
  let client: Redis;

  beforeAll(async () => {
    lab = await startRedisSentinel({ downAfterMs: 500 });
    client = new Redis({ sentinels: [...lab.sentinels], name: lab.name, maxRetriesPerRequest: null });
    client.on('error', () => undefined);
  }, 60_000);

  afterAll(async () => {
    client.disconnect();
    await lab.stop();
  });

  it('keeps what two replicas have when its master is killed, and takes the dead one back as a replica', async () => {
    const first = await lab.master();
    expect(first.port).toBe(lab.nodes[0]!.port);
    await client.set('key', 'value');
    expect(await client.wait(2, 5_000)).toBe(2);
    await first.kill();
    const second = await waitFor(
      'another master',
      async () => {
        const master = await lab.master();
        return master.port !== first.port && master;
      },
      15_000,
    );
    expect(await client.get('key')).toBe('value');
    expect(client.stream.remotePort).toBe(second.port);
    await first.restart();
    const old = new Redis(first.url);
    await waitFor('the first to follow', async () => (await old.info('replication')).includes('role:slave'), 15_000);
    old.disconnect();
  }, 60_000);
});
