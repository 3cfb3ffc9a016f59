import { evolveService, type ServiceEvent, type ServiceState } from '@app/domain';
import { serviceEventCodec } from '@app/wire';
import { backstopS, serviceKind } from './service-kind.js';

const timeouts = {
  ttlS: 3_600,
  flexDisconnectS: 45,
  idleAlertS: 255,
  idleCloseS: 45,
  asyncCloseS: 7_200,
  idleAlertMessage: '?',
};
const requested: ServiceEvent = {
  type: 'ServiceRequested',
  name: 'x',
  kind: 'basic',
  timeouts,
  businessData: { color: 'blue' },
};
const started: ServiceEvent = {
  type: 'ChatStarted',
  sessionId: 'S',
  userId: 'U',
  secureKey: 'K',
  nickname: 'V',
  attachedData: {},
};
const said: ServiceEvent = { type: 'MessageSent', participantId: 'a', nickname: 'A', party: 'AGENT', text: 'x' };

const kind = serviceKind({ messagesPer10S: 60, messagesPerChat: 10_000 }, serviceEventCodec);

const stateAfter = (...events: readonly ServiceEvent[]): ServiceState =>
  events
    .map((event, index) => ({
      position: index,
      n: 1,
      atMs: 1_000,
      commandId: `c${index}`,
      verbose: false,
      replyFrom: null,
      event,
    }))
    .reduce(evolveService, { status: 'absent' });

describe('what is stored together with events of a service', () => {
  it('is for a new service its data, its place on the index, its expiry and its time to live', () => {
    expect(kind.effectsOf([requested], stateAfter(), 1_000, 0)).toEqual({
      live: { sinceMs: 1_000 },
      data: { color: 'blue' },
      expireS: 3_600 + 86_400,
      deadlines: [{ kind: 'ttl', dueMs: 3_601_000 }],
    });
  });

  it("is for a new chat the deadlines of its mode, but not the service's own again", () => {
    expect(kind.effectsOf([started], stateAfter(requested), 1_000, 1_000)).toEqual({
      deadlines: [
        { kind: 'flex', dueMs: 46_000 },
        { kind: 'idle', dueMs: 256_000 },
      ],
    });
    expect(kind.effectsOf([{ ...started, notifyBy: 'comet' }], stateAfter(requested), 1_000, 1_000)).toEqual({
      deadlines: [{ kind: 'async', dueMs: 7_201_000 }],
    });
  });

  it('is nothing for a message: its deadline is looked at when it comes', () => {
    expect(kind.effectsOf([said], stateAfter(requested, started), 2_000, 1_000)).toEqual({});
  });

  it('takes the deadlines of a chat off with its end, and all of them with the service', () => {
    const off = (...kinds: readonly string[]) => kinds.map((each) => ({ kind: each, dueMs: null }));
    const before = stateAfter(requested, started);
    const end: ServiceEvent = { type: 'ChatEnded', reason: 'agent' };
    expect(kind.effectsOf([end], before, 1_000, 1_000)).toEqual({ deadlines: off('flex', 'idle') });
    expect(kind.effectsOf([end, { type: 'ServiceDeleted' }], before, 1_000, 1_000)).toEqual({
      live: 'remove',
      expireS: 86_400,
      deadlines: off('ttl', 'flex', 'idle'),
    });
    expect(kind.effectsOf([{ type: 'ServiceExpired' }], stateAfter(requested), 1_000, 1_000)).toMatchObject({
      live: 'remove',
    });
  });

  it('renews the expiry once an hour, by the hour of the store', () => {
    const before = stateAfter(requested, started);
    expect(kind.effectsOf([said], before, 3_599_999, 1_000)).toEqual({});
    expect(kind.effectsOf([said], before, 3_600_000, 3_599_999)).toEqual({ expireS: backstopS({ ttlS: 3_600 }) });
  });

  it('keeps events after the end as long as the service says, and never too short to write the end', () => {
    const kept = (retention: number): ServiceEvent => ({
      ...requested,
      timeouts: { ...requested.timeouts, retentionS: retention },
    });
    expect(kind.effectsOf([kept(60)], { status: 'absent' }, 0, 0)).toMatchObject({ expireS: 3_600 + 86_400 });
    expect(kind.effectsOf([kept(700_000)], { status: 'absent' }, 0, 0)).toMatchObject({ expireS: 703_600 });
    const end: ServiceEvent = { type: 'ServiceExpired' };
    expect(kind.effectsOf([end], stateAfter(kept(60)), 0, 0)).toMatchObject({ expireS: 60, live: 'remove' });
    expect(kind.effectsOf([end], stateAfter(kept(700_000)), 0, 0)).toMatchObject({ expireS: 700_000 });
  });

  it('wakes the user of a chat in CometD mode, and nobody else', () => {
    const owned: ServiceEvent = { ...requested, user: 'ann' };
    const comet: ServiceEvent = { ...started, notifyBy: 'comet' };
    expect(kind.effectsOf([said], stateAfter(owned, comet), 1_000, 1_000)).toEqual({ wakeUser: 'ann' });
    expect(kind.effectsOf([said], stateAfter(owned, started), 1_000, 1_000)).toEqual({});
    expect(kind.effectsOf([said], stateAfter(requested, comet), 1_000, 1_000)).toEqual({});
  });
});

describe('an earlier run of a command', () => {
  it('is found in the state, while the service is open', () => {
    expect(kind.findCommand(stateAfter(requested, started), 'c1')).toMatchObject({ last: { position: 1, n: 1 } });
    expect(kind.findCommand(stateAfter(requested), 'c9')).toBeUndefined();
    expect(kind.findCommand(stateAfter(), 'c0')).toBeUndefined();
  });
});
