import { masked } from '@app/observability';
import type { PushResult } from '@app/push';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { PushDelivery } from './push-delivery.js';
import { PushRecord } from './push-record.js';
import { AGENT, AWAY_PUSH_S, endings, openOf, pendingRef, poke, Postman, talking } from './testing/pocket.js';

const BUSY: PushResult = { outcome: 'retry', reason: 'status 503', afterMs: 7_000 };

describe('PushDelivery', () => {
  let clock: FixedClock;
  let lab: ServiceLab;
  let postman: Postman;
  let counted: string[];
  let delivery: PushDelivery;

  const deliveryWith = (find: () => Postman | undefined): PushDelivery =>
    new PushDelivery({
      // As another process has it.
      services: lab.newRepository(),
      providers: { find },
      record: new PushRecord(lab.newRepository(), (channel, outcome) => counted.push(`${channel} ${outcome}`)),
      mask: masked,
    });

  beforeEach(() => {
    clock = new FixedClock();
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    postman = new Postman();
    counted = [];
    delivery = deliveryWith(() => postman);
  });

  afterEach(() => {
    lab.close();
  });

  it('sends what was asked for, and writes that it did, once', async () => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId, 'now');
    const other = deliveryWith(() => postman);
    expect(await delivery.attempt({ serviceId, ref }, false)).toEqual({ outcome: 'done' });
    expect(await other.attempt({ serviceId, ref }, false)).toEqual({ outcome: 'done' });
    expect(postman.got).toEqual([
      { deviceId: 'phone', text: 'now', serviceId, lastTranscript: [], collapseId: expect.any(String) },
    ]);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios' }]);
    expect(counted).toEqual(['ios sent']);
  });

  it('hides on the way what is not to stand on a screen; the transcript keeps it', async () => {
    const serviceId = await talking(lab);
    await delivery.attempt({ serviceId, ref: await poke(lab, serviceId, 'card 4111 1111 1111 1111, a@b.de') }, false);
    expect(postman.got[0]?.text).toBe('card [card], [e-mail]');
    const events = await lab.newRepository().events(serviceId, { position: 0, n: 0 });
    expect(JSON.stringify(events)).toContain('4111 1111 1111 1111');
  });

  it('says the text of the service when none was given', async () => {
    const serviceId = await talking(lab);
    await delivery.attempt({ serviceId, ref: await poke(lab, serviceId) }, false);
    expect(postman.got[0]?.text).toBe('come!');
  });

  it('names pushes of one kind of one service alike, and others otherwise', async () => {
    const [one, two] = [await talking(lab), await talking(lab)];
    for (const serviceId of [one, one, two]) {
      await delivery.attempt({ serviceId, ref: await poke(lab, serviceId) }, false);
    }
    const [first, again, other] = postman.got.map(({ collapseId }) => collapseId);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(first).toMatch(/^[\w-]{1,64}$/);
    expect(first).not.toContain(one);
  });

  it.each<[PushResult, object, string]>([
    [{ outcome: 'gone' }, { outcome: 'done' }, 'unregistered'],
    [{ outcome: 'refused', reason: 'BadTopic' }, { outcome: 'hopeless', reason: 'BadTopic' }, 'refused'],
  ])('ends when the provider says %j', async (answer, attempt, reason) => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId);
    postman.answer = answer;
    expect(await delivery.attempt({ serviceId, ref }, false)).toEqual(attempt);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios', reason }]);
  });

  it('goes on when the provider is busy, and says so when it has tried often enough', async () => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId);
    postman.answer = BUSY;
    expect(await delivery.attempt({ serviceId, ref }, false)).toEqual(BUSY);
    expect(await endings(lab, serviceId)).toEqual([]);
    expect(await delivery.attempt({ serviceId, ref }, true)).toEqual(BUSY);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios', reason: 'unavailable' }]);
    expect(counted).toEqual(['ios unavailable']);
  });

  it('says that it was in vain when a provider throws at the last try', async () => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId);
    postman.send = () => Promise.reject(new TypeError('my secret is 4711'));
    expect(await delivery.attempt({ serviceId, ref }, true)).toEqual({ outcome: 'retry', reason: 'TypeError' });
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios', reason: 'unavailable' }]);
  });

  it('says that nothing is there to push with, or to', async () => {
    const unequipped = deliveryWith(() => undefined);
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId);
    await unequipped.attempt({ serviceId, ref }, false);
    expect(await endings(lab, serviceId)).toEqual([{ ref, channel: 'ios', reason: 'not-configured' }]);
    const lost = await talking(lab);
    const [first, second] = [await poke(lab, lost), await poke(lab, lost)];
    postman.answer = { outcome: 'gone' };
    await delivery.attempt({ serviceId: lost, ref: first }, false);
    await delivery.attempt({ serviceId: lost, ref: second }, false);
    expect(await endings(lab, lost)).toEqual([
      { ref: first, channel: 'ios', reason: 'unregistered' },
      { ref: second, channel: 'none', reason: 'no-device' },
    ]);
  });

  it('sends nothing for a service that is over', async () => {
    const serviceId = await talking(lab);
    const ref = await poke(lab, serviceId);
    await lab.execute(serviceId, { type: 'DeleteService' });
    expect(await delivery.attempt({ serviceId, ref }, false)).toEqual({ outcome: 'done' });
    expect(postman.got).toEqual([]);
  });

  it('brings the newest of what agents said meanwhile, each cut to its length', async () => {
    const serviceId = await talking(lab);
    await lab.execute(serviceId, { type: 'SendMessage', by: AGENT, text: 'before', atMs: clock.nowMs() });
    await lab.execute(serviceId, { type: 'GoAway' });
    const texts = ['one', 'two', 'three', 'four', 'five', `${'x'.repeat(199)}😀`];
    for (const text of texts) {
      await lab.execute(serviceId, { type: 'SendMessage', by: AGENT, text, atMs: clock.nowMs() });
      await lab.execute(serviceId, { type: 'StartTyping', by: AGENT, atMs: clock.nowMs() });
      await lab.execute(serviceId, { type: 'SendNotice', by: AGENT, text: 'a notice' });
    }
    clock.passS(AWAY_PUSH_S);
    await lab.execute(serviceId, { type: 'MeetDeadline', kind: 'away', atMs: clock.nowMs(), lastSeenMs: 0 });
    await delivery.attempt({ serviceId, ref: await pendingRef(lab, serviceId) }, false);
    expect(postman.got[0]).toMatchObject({
      text: 'something new',
      lastTranscript: ['two', 'three', 'four', 'five', 'x'.repeat(199)],
    });
  });

  it('brings the newest of a very long absence', async () => {
    const serviceId = await talking(lab);
    await lab.execute(serviceId, { type: 'GoAway' });
    for (let at = 1; at <= 210; at += 1) {
      await lab.execute(serviceId, { type: 'SendMessage', by: AGENT, text: `${at}`, atMs: clock.nowMs() });
    }
    clock.passS(AWAY_PUSH_S);
    await lab.execute(serviceId, { type: 'MeetDeadline', kind: 'away', atMs: clock.nowMs(), lastSeenMs: 0 });
    await delivery.attempt({ serviceId, ref: await pendingRef(lab, serviceId) }, false);
    expect(postman.got[0]?.lastTranscript).toEqual(['206', '207', '208', '209', '210']);
  });

  describe('of a dead letter that is replayed', () => {
    const deadPoke = async (): Promise<{ readonly serviceId: string; readonly ref: string }> => {
      const serviceId = await talking(lab);
      const ref = await poke(lab, serviceId, 'now');
      postman.answer = BUSY;
      await delivery.attempt({ serviceId, ref }, true);
      postman.answer = { outcome: 'delivered' };
      postman.got.length = 0;
      counted = [];
      return { serviceId, ref };
    };

    it('sends it after all, as the same push', async () => {
      const dead = await deadPoke();
      expect(await delivery.attempt({ ...dead, isReplayed: true }, false)).toEqual({ outcome: 'done' });
      expect(postman.got).toMatchObject([{ deviceId: 'phone', text: 'now' }]);
      expect(counted).toEqual(['ios sent']);
      // The stream has said what became of it, and says nothing else afterwards.
      expect(await endings(lab, dead.serviceId)).toEqual([{ ref: dead.ref, channel: 'ios', reason: 'unavailable' }]);
    });

    it('goes on as the first time when it fails again', async () => {
      const dead = await deadPoke();
      postman.answer = BUSY;
      expect(await delivery.attempt({ ...dead, isReplayed: true }, false)).toEqual(BUSY);
      expect(await delivery.attempt({ ...dead, isReplayed: true }, true)).toEqual(BUSY);
      expect(counted).toEqual(['ios unavailable']);
    });

    it('sends nothing when the chat or the service is over, or the device gone', async () => {
      const dead = [await deadPoke(), await deadPoke(), await deadPoke()];
      const [ended, deleted, forgotten] = dead.map(({ serviceId }) => serviceId);
      await lab.execute(ended ?? '', { type: 'Disconnect' });
      await lab.execute(deleted ?? '', { type: 'DeleteService' });
      postman.answer = { outcome: 'gone' };
      const ref = await poke(lab, forgotten ?? '');
      await delivery.attempt({ serviceId: forgotten ?? '', ref }, false);
      postman.got.length = 0;
      for (const each of dead) {
        expect(await delivery.attempt({ ...each, isReplayed: true }, false)).toEqual({ outcome: 'done' });
      }
      expect(postman.got).toEqual([]);
      expect((await openOf(lab, forgotten ?? '')).pushes).toEqual([]);
    });
  });
});
