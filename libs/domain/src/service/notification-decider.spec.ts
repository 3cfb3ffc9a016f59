import { joined, requested, said, started } from '../testing/events.js';
import { given, type Past, stateAfter } from '../testing/given.js';
import { deviceOf } from './customer-device.js';
import { deadlinesOf } from './deadline.js';
import type { ServiceEvent } from './service-event.js';
import type { OpenService } from './service-state.js';

const notifications = {
  isPokeEnabled: true,
  pokeMessage: 'come!',
  awayPushS: 90,
  awayMessage: 'something new',
} as const;
const phone: ServiceEvent = { ...requested, notifications, device: { os: 'ios', notificationId: 'd1' } };
const talking: readonly Past[] = [phone, started, joined];
const answer: ServiceEvent = { ...said, participantId: 'a1', nickname: 'Monique', party: 'AGENT' };
const away: ServiceEvent = { type: 'CustomerAway' };
const poked: ServiceEvent = { type: 'PokeRequested', by: 'a1' };

const openAfter = (...past: readonly Past[]): OpenService => {
  const state = stateAfter(...past);
  if (state.status !== 'open') throw new Error('expected an open service');
  return state;
};
const away90 = (...past: readonly Past[]): number | undefined =>
  deadlinesOf(stateAfter(...past), 0).find(({ kind }) => kind === 'away')?.dueMs;

describe('a poke', () => {
  it('is asked for', () => {
    expect(given(...talking).when({ type: 'Poke', by: 'a1' })).toEqual([poked]);
    expect(given(...talking).when({ type: 'Poke', text: 'now' })).toEqual([{ type: 'PokeRequested', text: 'now' }]);
  });

  it.each<[string, readonly Past[]]>([
    ['a device', [{ ...phone, device: { os: 'comet', notificationId: '' } }, started, joined]],
    ['being switched on', [{ ...phone, notifications: { ...notifications, isPokeEnabled: false } }, started, joined]],
    ['any options for it', [{ ...requested, device: { os: 'ios', notificationId: 'd' } }, started, joined]],
    ['a chat', [phone]],
    ['an agent in the chat', [phone, started]],
    ['a chat that goes on', [...talking, { type: 'ChatEnded', reason: 'agent' }]],
  ])('needs %s', (_, past) => {
    expect(() => given(...past).when({ type: 'Poke' })).toThrow(expect.objectContaining({ code: 'POKE_UNAVAILABLE' }));
  });

  it('is pending until it is known what became of it', () => {
    const { pushes } = openAfter(...talking, poked);
    expect(pushes).toEqual([{ ref: '2-1', isPoke: true, text: 'come!' }]);
    const sent: ServiceEvent = { type: 'PushSent', ref: '2-1', channel: 'ios' };
    const record = { type: 'RecordPush', ref: { position: 2, n: 1 }, channel: 'ios' } as const;
    expect(given(...talking, poked).when(record)).toEqual([sent]);
    expect(given(...talking, poked, sent).when(record)).toEqual([]);
    expect(openAfter(...talking, poked, sent).pushes).toEqual([]);
  });

  it('that finds nobody makes the device forgotten', () => {
    const record = { type: 'RecordPush', ref: { position: 2, n: 1 }, channel: 'ios', failure: 'unregistered' } as const;
    const failed = given(...talking, poked).when(record);
    expect(failed).toEqual([{ type: 'PushFailed', ref: '2-1', channel: 'ios', reason: 'unregistered' }]);
    expect(deviceOf(openAfter(...talking, poked, ...failed))).toBeUndefined();
    const unavailable = given(...talking, poked).when({ ...record, failure: 'unavailable' });
    expect(deviceOf(openAfter(...talking, poked, ...unavailable))?.deviceId).toBe('d1');
  });
});

describe('the device of a customer', () => {
  const push = {
    push_notification_deviceid: 'd2',
    push_notification_type: 'FCM',
    push_notification_debug: 'True',
    push_notification_provider: 'mine',
    push_notification_language: 'de',
  };

  it('is the one that registered with the chat, before the one of the service', () => {
    expect(deviceOf(openAfter(phone))).toEqual({ channel: 'ios', deviceId: 'd1', isDebug: false });
    expect(deviceOf(openAfter(phone, { ...started, push }))).toEqual({
      ...{ channel: 'fcm', deviceId: 'd2', isDebug: true, provider: 'mine', language: 'de' },
    });
  });

  it('is the one of the service again when the other is forgotten', () => {
    const events: readonly Past[] = [phone, { ...started, push }, joined, poked];
    const gone: ServiceEvent = { type: 'PushFailed', ref: '2-1', channel: 'fcm', reason: 'unregistered' };
    expect(deviceOf(openAfter(...events, gone))?.deviceId).toBe('d1');
  });
});

describe('an application in the background', () => {
  it('is told of to agents, once', () => {
    expect(given(...talking).when({ type: 'GoAway' })).toEqual([away]);
    expect(given(...talking, away).when({ type: 'GoAway' })).toEqual([]);
    expect(given(...talking, away).when({ type: 'ComeBack' })).toEqual([{ type: 'CustomerBack' }]);
    expect(given(...talking).when({ type: 'ComeBack' })).toEqual([]);
    expect(given(phone).when({ type: 'GoAway' })).toEqual([]);
  });

  it('is back when its customer writes', () => {
    const send = { type: 'SendMessage', by: 'customer', text: 'hi', atMs: 5 } as const;
    expect(given(...talking, away).when(send)).toEqual([{ type: 'CustomerBack' }, said]);
    expect(given(...talking, away).when({ type: 'StartTyping', by: 'customer', atMs: 5 })[0]).toEqual({
      type: 'CustomerBack',
    });
  });

  it('is pushed the first message that it misses, after its time', () => {
    const missed: readonly Past[] = [...talking, [away, 1_000], [answer, 2_000], [answer, 50_000]];
    expect(away90(...talking, away)).toBeUndefined();
    expect(away90(...missed)).toBe(92_000);
    const meet = (atMs: number) => ({ type: 'MeetDeadline', kind: 'away', atMs, lastSeenMs: 0 }) as const;
    expect(given(...missed).when(meet(91_999))).toEqual([]);
    const pushed = given(...missed).when(meet(92_000));
    expect(pushed).toEqual([{ type: 'PushRequested', text: 'something new', missedAfter: '2-65535' }]);
    expect(away90(...missed, ...pushed)).toBeUndefined();
    expect(away90(...missed, ...pushed, [answer, 100_000])).toBe(190_000);
  });

  it('is pushed nothing when it came back, or has no device', () => {
    expect(away90(...talking, away, answer, { type: 'CustomerBack' })).toBeUndefined();
    expect(away90({ ...requested, notifications }, started, joined, away, answer)).toBeUndefined();
  });
});
