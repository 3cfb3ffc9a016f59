import { requested as plainlyRequested } from '../testing/events.js';
import { given, type Past, stateAfter } from '../testing/given.js';
import { deadlinesOf } from './deadline.js';
import type { LogicEffect } from './logic-effect.js';
import { evolveHistory, logicInputOf, NO_HISTORY } from './logic-history.js';
import type { ServiceEvent } from './service-event.js';

const requested: ServiceEvent = {
  ...plainlyRequested,
  name: 'vip',
  kind: 'advanced',
  businessData: { tier: 'gold' },
  logic: 'abc',
};
const CAUSE = { position: 0, n: 1 };
const cause = '0-1';
const apply = (effects: readonly LogicEffect[], at = CAUSE) => ({
  ...({ type: 'ApplyEffects', cause: at, effects, atMs: 5_000 } as const),
});

describe("a logic's answer", () => {
  it('becomes events, all at once', () => {
    const stages = [{ afterS: 0, skills: { vip: 1 } }];
    const effects: readonly LogicEffect[] = [
      { type: 'setStatus', status: 'waiting', dialog: 'w.html' },
      { type: 'route', stages, priority: 5 },
      { type: 'setDeadline', name: 'survey', afterS: 60 },
      { type: 'push', text: 'hello' },
      { type: 'poke' },
      { type: 'poke', text: 'hey' },
    ];
    expect(given(requested).when(apply(effects))).toEqual([
      { type: 'StatusSet', status: 'waiting', dialog: 'w.html', cause },
      { type: 'RoutingRequested', need: { stages, priority: 5 }, purpose: 'chat', cause },
      { type: 'LogicDeadlineSet', name: 'survey', dueMs: 65_000, cause },
      { type: 'PushRequested', text: 'hello', cause },
      { type: 'PokeRequested', cause },
      { type: 'PokeRequested', text: 'hey', cause },
    ]);
  });

  it('counts once, and none counts after a later one', () => {
    const set: ServiceEvent = { type: 'StatusSet', status: 'waiting', cause: '0-3' };
    const late = apply([{ type: 'setStatus', status: 'available' }], { position: 0, n: 3 });
    expect(given(requested, set).when(late)).toEqual([]);
    expect(given(requested, set).when(apply([{ type: 'push', text: 'x' }]))).toEqual([]);
    expect(given(requested, set).when({ ...late, cause: { position: 1, n: 0 } })).toHaveLength(1);
  });

  it('says nothing that is so already', () => {
    const past: readonly Past[] = [requested, { type: 'StatusSet', status: 'waiting', dialog: 'w.html', cause: '0-0' }];
    expect(given(...past).when(apply([{ type: 'setStatus', status: 'waiting' }]))).toEqual([]);
    expect(given(...past).when(apply([{ type: 'clearDeadline', name: 'none' }, { type: 'cancelRoute' }]))).toEqual([]);
  });

  it('keeps the dialog when it names none', () => {
    const past: readonly Past[] = [requested, { type: 'StatusSet', status: 'waiting', dialog: 'w.html', cause: '0-0' }];
    expect(given(...past).when(apply([{ type: 'setStatus', status: 'available' }]))).toEqual([
      { type: 'StatusSet', status: 'available', dialog: 'w.html', cause },
    ]);
  });

  it('takes back what it asked for', () => {
    const past: readonly Past[] = [
      requested,
      { type: 'RoutingRequested', need: { stages: [{ afterS: 0, skills: {} }], priority: 0 }, purpose: 'chat' },
      { type: 'LogicDeadlineSet', name: 'survey', dueMs: 9, cause: '0-0' },
    ];
    const back = given(...past).when(apply([{ type: 'cancelRoute' }, { type: 'clearDeadline', name: 'survey' }]));
    expect(back).toEqual([
      { type: 'RoutingCancelled', cause },
      { type: 'LogicDeadlineCleared', name: 'survey', cause },
    ]);
    expect(stateAfter(...past, ...back)).toMatchObject({ routing: null, logicDeadlines: {} });
  });

  it('that never comes ends the logic, with a status that says so', () => {
    const failed = given(requested).when({ type: 'FailLogic', cause: CAUSE, reason: 'it loops' });
    expect(failed).toEqual([
      { type: 'LogicFailed', reason: 'it loops', cause },
      { type: 'StatusSet', status: 'error', dialog: 'error.html', cause },
    ]);
    const more = apply([{ type: 'push', text: 'x' }], { position: 7, n: 0 });
    expect(given(requested, ...failed).when(more)).toEqual([]);
  });
});

describe('deadlines of a logic', () => {
  const set = (name: string, dueMs: number): ServiceEvent => ({
    ...{ type: 'LogicDeadlineSet', name, dueMs, cause: '0-0' },
  });

  it('ring one after the other, each with its name', () => {
    const past: readonly Past[] = [requested, set('b', 2_000), set('a', 1_000), set('c', 9_000)];
    expect(deadlinesOf(stateAfter(...past), 0)).toContainEqual({ kind: 'logic', dueMs: 1_000 });
    const meet = (atMs: number) => given(...past).when({ type: 'MeetDeadline', kind: 'logic', atMs, lastSeenMs: 0 });
    expect(meet(999)).toEqual([]);
    const met = meet(2_000);
    expect(met).toEqual([
      { type: 'LogicDeadlineMet', name: 'a' },
      { type: 'LogicDeadlineMet', name: 'b' },
    ]);
    expect(deadlinesOf(stateAfter(...past, ...met), 0)).toContainEqual({ kind: 'logic', dueMs: 9_000 });
  });
});

describe('business data', () => {
  const update = (data: Readonly<Record<string, string>>) => ({ type: 'UpdateData', data, isOpen: true }) as const;

  it('is received when it is new', () => {
    const received = given(requested).when(update({ tier: 'gold', topic: 'bill' }));
    expect(received).toEqual([{ type: 'DataReceived', data: { topic: 'bill' }, isOpen: true }]);
    expect(stateAfter(requested, ...received)).toMatchObject({ businessData: { tier: 'gold', topic: 'bill' } });
  });

  it('that is known says nothing', () => {
    expect(given(requested).when(update({ tier: 'gold' }))).toEqual([]);
    expect(given(requested).when(update({}))).toEqual([]);
  });
});

describe('what a logic is told', () => {
  const speaker = { participantId: 'kate', nickname: 'Kate', party: 'AGENT' } as const;
  const events: readonly ServiceEvent[] = [
    { ...requested, user: 'ann', device: { os: 'ios', notificationId: 'd' }, isOpen: false },
    { type: 'DataReceived', data: { topic: 'bill' }, isOpen: true },
    { type: 'StatusSet', status: 'waiting', cause: '0-1' },
    { type: 'AgentReserved', agentId: 'kate', nickname: 'Kate', token: 't' },
    { type: 'ReservationEnded', reason: 'expired' },
    {
      ...{ type: 'ChatStarted', sessionId: 'S', userId: 'U', secureKey: 'K', nickname: 'A' },
      attachedData: { subject: 'x' },
    },
    { type: 'ParticipantJoined', ...speaker },
    { type: 'MessageSent', ...speaker, text: 'hi' },
    { type: 'ParticipantLeft', ...speaker },
    { type: 'ChatEnded', reason: 'agent' },
    { type: 'LogicDeadlineMet', name: 'survey' },
  ];

  it('is each event that is of interest to it, with all data so far', () => {
    let history = NO_HISTORY;
    const inputs = events.flatMap((event, index) => {
      const recorded = {
        ...{ position: index, n: 0, atMs: index, commandId: '', verbose: false, replyFrom: null },
        event,
      };
      history = evolveHistory(history, recorded);
      return logicInputOf(history, recorded) ?? [];
    });
    const data = { tier: 'gold', topic: 'bill' };
    expect(inputs).toEqual([
      {
        ...{ type: 'requested', atMs: 0, data: { tier: 'gold' }, isOpen: false, user: 'ann' },
        device: { os: 'ios', notificationId: 'd' },
      },
      { type: 'data', atMs: 1, data, changed: { topic: 'bill' }, isOpen: true },
      { type: 'agentReserved', atMs: 3, agentId: 'kate', nickname: 'Kate' },
      { type: 'agentGone', atMs: 4, reason: 'expired' },
      { type: 'chatStarted', atMs: 5, data: { ...data, subject: 'x' } },
      { type: 'agentJoined', atMs: 6, agentId: 'kate' },
      { type: 'agentLeft', atMs: 8, agentId: 'kate' },
      { type: 'chatEnded', atMs: 9, reason: 'agent' },
      { type: 'deadline', atMs: 10, name: 'survey' },
    ]);
    expect(history).toEqual({ logic: 'abc', serviceName: 'vip', data, isOver: false });
  });

  it.each(['LogicFailed', 'ServiceExpired', 'ServiceDeleted'] as const)('is nothing after %s', (type) => {
    const event: ServiceEvent = type === 'LogicFailed' ? { type, reason: 'x', cause: '0-1' } : { type };
    const recorded = { position: 1, n: 0, atMs: 1, commandId: '', verbose: false, replyFrom: null, event };
    expect(evolveHistory(NO_HISTORY, recorded).isOver).toBe(true);
  });
});
