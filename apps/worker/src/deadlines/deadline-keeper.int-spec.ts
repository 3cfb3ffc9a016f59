import { partitionOfService, backstopS } from '@app/event-store';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { DeadlineKeeper } from './deadline-keeper.js';
import { DeadlineSweep } from './deadline-sweep.js';

describe('DeadlineKeeper', () => {
  let clock: FixedClock;
  let lab: ServiceLab;
  let keeper: DeadlineKeeper;
  let met: string[];

  beforeEach(() => {
    clock = new FixedClock();
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    met = [];
    keeper = new DeadlineKeeper(lab.repository, lab.dueTimes, clock, (kind) => met.push(kind));
  });

  afterEach(() => {
    lab.close();
  });

  const storedDueMs = async (serviceId: string, kind: string): Promise<number | null> => {
    const { due } = lab.keys.service(partitionOfService(serviceId, lab.keys.partitions), serviceId);
    const score = await lab.redis.zscore(due, `${kind}|${serviceId}`);
    return score === null ? null : Number(score);
  };

  it('expires a service when its time to live has run out since the last request', async () => {
    const serviceId = await lab.request({ ttlS: 60 });
    clock.passS(30);
    await lab.poll(serviceId);
    clock.passS(59);
    expect(await keeper.meet(serviceId, 'ttl')).toBe(clock.nowMs() + 1_000);
    expect((await lab.state(serviceId)).status).toBe('open');
    clock.passS(1);
    expect(await keeper.meet(serviceId, 'ttl')).toBeNull();
    expect((await lab.state(serviceId)).status).toBe('expired');
    expect(await storedDueMs(serviceId, 'ttl')).toBeNull();
    expect(met).toEqual(['ttl']);
  });

  it('keeps the keys of a service for as long as it lives, and longer', async () => {
    const serviceId = await lab.request({ ttlS: 60 });
    const { stream } = lab.keys.service(partitionOfService(serviceId, lab.keys.partitions), serviceId);
    await lab.redis.expire(stream, 10);
    await keeper.meet(serviceId, 'ttl');
    expect(await lab.redis.ttl(stream)).toBeGreaterThan(backstopS({ ttlS: 60 }) - 5);
  });

  it('closes the chat of a polling customer 45 s after he was last seen, and not before', async () => {
    const serviceId = await lab.startChat();
    clock.passS(44);
    await lab.poll(serviceId);
    clock.passS(1);
    expect(await keeper.meet(serviceId, 'flex')).toBe(clock.nowMs() + 44_000);
    expect(await storedDueMs(serviceId, 'flex')).toBe(clock.nowMs() + 44_000);
    clock.passS(43.999);
    await keeper.meet(serviceId, 'flex');
    expect(await lab.endOf(serviceId)).toBeNull();
    clock.passS(0.001);
    expect(await keeper.meet(serviceId, 'flex')).toBeNull();
    expect(await lab.endOf(serviceId)).toBe('customer-gone');
  });

  it('alerts a silent chat, then closes it', async () => {
    const serviceId = await lab.startChat({ flexDisconnectS: 10_000 });
    clock.passS(100);
    await lab.say(serviceId, 'hello');
    clock.passS(255);
    const closeMs = clock.nowMs() + 45_000;
    expect(await keeper.meet(serviceId, 'idle')).toBe(closeMs);
    expect(await lab.transcript(serviceId)).toEqual([
      expect.arrayContaining(['Message.Text', 'hello']),
      ['Message.Text', 'System', 'Are you still there?', '355', 'EXTERNAL'],
    ]);
    expect(await storedDueMs(serviceId, 'idle')).toBe(closeMs);
    clock.passS(45);
    expect(await keeper.meet(serviceId, 'idle')).toBeNull();
    expect(await lab.endOf(serviceId)).toBe('idle');
    expect(met).toEqual(['idle', 'idle']);
  });

  it('lets a customer who answers the alert go on', async () => {
    const serviceId = await lab.startChat({ flexDisconnectS: 10_000 });
    clock.passS(255);
    await keeper.meet(serviceId, 'idle');
    clock.passS(44);
    await lab.say(serviceId, 'yes');
    clock.passS(1);
    expect(await keeper.meet(serviceId, 'idle')).toBe(clock.nowMs() + 254_000);
    expect(await lab.endOf(serviceId)).toBeNull();
  });

  it('closes a chat in CometD mode after an hour of silence, however long nobody polls', async () => {
    const serviceId = await lab.startChat({ ttlS: 100_000 }, 'comet');
    expect((await keeper.deadlines(serviceId)).map(({ kind }) => kind)).toEqual(['ttl', 'async']);
    clock.passS(3_600);
    expect(await keeper.meet(serviceId, 'flex')).toBeNull();
    expect(await keeper.meet(serviceId, 'async')).toBeNull();
    expect(await lab.endOf(serviceId)).toBe('idle');
  });

  it('meets a deadline once, though two workers ring at the same time', async () => {
    const serviceId = await lab.startChat();
    clock.passS(45);
    const other = new DeadlineKeeper(lab.newRepository(), lab.dueTimes, clock, (kind) => met.push(kind));
    expect(await Promise.all([keeper.meet(serviceId, 'flex'), other.meet(serviceId, 'flex')])).toEqual([null, null]);
    const events = await lab.repository.events(serviceId, { position: 1, n: 0 });
    expect(events.map(({ event }) => event.type)).toEqual(['ChatEnded']);
    expect(met).toEqual(['flex']);
  });

  it('forgets the deadlines of services that are gone', async () => {
    const serviceId = await lab.request();
    const { stream, due } = lab.keys.service(partitionOfService(serviceId, lab.keys.partitions), serviceId);
    await lab.redis.del(stream);
    expect(await lab.newRepository().view(serviceId)).toBeUndefined();
    expect(await keeper.meet(serviceId, 'ttl')).toBeNull();
    expect(await lab.redis.zcard(due)).toBe(0);
  });

  describe('with the sweep', () => {
    const sweepWith = (logged: object[] = []): DeadlineSweep =>
      new DeadlineSweep({
        keeper,
        dueTimes: lab.dueTimes,
        clock,
        alarms: { arm: () => Promise.resolve() },
        partitions: lab.keys.partitions,
        logger: { debug: () => undefined, error: (fields: object) => logged.push(fields) },
      });

    it('meets what no alarm has rung for, of every partition', async () => {
      const services = await Promise.all(Array.from({ length: 40 }, () => lab.startChat()));
      const waiting = await lab.startChat({ flexDisconnectS: 1_000 });
      clock.passS(46);
      await sweepWith().sweep();
      const ends = await Promise.all(services.map((serviceId) => lab.endOf(serviceId)));
      expect(new Set(ends)).toEqual(new Set(['customer-gone']));
      expect(await lab.endOf(waiting)).toBeNull();
    });

    it('gives the alarms half a second before it acts', async () => {
      const serviceId = await lab.startChat();
      clock.passS(45.4);
      await sweepWith().sweep();
      expect(await lab.endOf(serviceId)).toBeNull();
      clock.passS(0.2);
      await sweepWith().sweep();
      expect(await lab.endOf(serviceId)).toBe('customer-gone');
    });

    it('puts off what it cannot judge, so that others have their turn', async () => {
      const bad = await lab.startChat();
      const { stream } = lab.keys.service(partitionOfService(bad, lab.keys.partitions), bad);
      await lab.redis.xadd(stream, '9-0', 'e', 'not an event');
      const strange = await lab.startChat({ flexDisconnectS: 1_000 });
      const { due } = lab.keys.service(partitionOfService(strange, lab.keys.partitions), strange);
      await lab.redis.zadd(due, clock.nowMs(), `later-kind|${strange}`);
      clock.passS(46);
      const logged: object[] = [];
      await sweepWith(logged).sweep();
      expect(logged).toMatchObject([{ serviceId: bad, kind: 'flex' }]);
      expect(await storedDueMs(bad, 'flex')).toBe(clock.nowMs() + 60_000);
      expect(await storedDueMs(strange, 'later-kind')).toBe(clock.nowMs() + 60_000);
    });
  });
});
