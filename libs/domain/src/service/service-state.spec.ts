import {
  asAgent,
  asCustomer,
  asSystem,
  joined,
  requested as plainlyRequested,
  said,
  started as plainlyStarted,
} from '../testing/events.js';
import { type Past, recordPast, stateAfter } from '../testing/given.js';
import type { ServiceEvent } from './service-event.js';
import { type ChatState, evolveService, type OpenService, RATE_WINDOW_MS } from './service-state.js';

const requested: ServiceEvent = { ...plainlyRequested, businessData: { color: 'blue' }, user: 'ann' };
const started: ServiceEvent = { ...plainlyStarted, attachedData: { subject: 'x' } };
const alerted: ServiceEvent = { type: 'IdleAlerted', ...asSystem, text: '?' };

const openAfter = (...past: readonly Past[]): OpenService => {
  const state = stateAfter(...past);
  if (state.status !== 'open') throw new Error(`expected an open service, not ${state.status}`);
  return state;
};

const chatAfter = (...past: readonly Past[]): ChatState => {
  const { chat } = openAfter(requested, [started, 1_000], ...past);
  if (chat === null) throw new Error('expected a chat');
  return chat;
};

describe('the state of a service', () => {
  it('holds what it was requested with', () => {
    expect(openAfter([requested, 500])).toMatchObject({
      status: 'open',
      name: 'request-chat',
      kind: 'basic',
      businessData: { color: 'blue' },
      user: 'ann',
      requestedAtMs: 500,
      lastEventAtMs: 500,
      chat: null,
    });
  });

  it('takes the owner', () => {
    expect(openAfter(requested, { type: 'OwnerIdentified', user: 'bob' }).user).toBe('bob');
  });

  it('keeps how it was when it ended, and nothing changes that any more', () => {
    const gone = stateAfter(requested, started, { type: 'ServiceDeleted' });
    expect(gone).toMatchObject({ status: 'deleted', was: { name: 'request-chat', chat: { sessionId: 'S' } } });
    const later = recordPast([requested, started, said]).reduce(evolveService, gone);
    expect(later).toBe(gone);
  });

  it('begins with the request: anything before is nothing', () => {
    expect(stateAfter(started, said)).toEqual({ status: 'absent' });
  });
});

describe('the state of a chat', () => {
  it('begins with its start', () => {
    expect(chatAfter()).toEqual({
      monitors: [],
      hasHadAgent: false,
      waitingSinceMs: 1_000,
      away: null,
      disposition: null,
      sessionId: 'S',
      userId: 'U',
      secureKey: 'K',
      nickname: 'VasyaP',
      attachedData: { subject: 'x' },
      startedAtMs: 1_000,
      agents: [],
      typingSinceMs: {},
      lastActivityMs: 1_000,
      idleAlertedAtMs: null,
      customerMessages: 0,
      rateWindow: { startMs: 1_000, count: 0 },
      ended: null,
    });
  });

  it('knows who is in it', () => {
    const agent = { participantId: 'a1', nickname: 'Monique' };
    expect(chatAfter(joined).agents).toEqual([agent]);
    expect(chatAfter(joined, { type: 'ParticipantLeft', ...asAgent }).agents).toEqual([]);
  });

  it('knows who is typing since when, each on his own', () => {
    const customerTypes: ServiceEvent = { type: 'TypingStarted', ...asCustomer };
    const agentTypes: ServiceEvent = { type: 'TypingStarted', ...asAgent };
    const both = [joined, [customerTypes, 2_000], [agentTypes, 3_000]] as const;
    expect(chatAfter(...both).typingSinceMs).toEqual({ customer: 2_000, a1: 3_000 });
    expect(chatAfter(...both, said).typingSinceMs).toEqual({ a1: 3_000 });
    expect(chatAfter(...both, { type: 'TypingStopped', ...asAgent }).typingSinceMs).toEqual({ customer: 2_000 });
    expect(chatAfter(...both, { type: 'ParticipantLeft', ...asAgent }).typingSinceMs).toEqual({ customer: 2_000 });
    expect(chatAfter(...both, { type: 'ChatEnded', reason: 'customer' }).typingSinceMs).toEqual({});
  });

  it('counts the messages of the customer, in all and within ten seconds', () => {
    const within = [
      [said, 2_000],
      [said, 2_000 + RATE_WINDOW_MS - 1_001],
    ] as const;
    expect(chatAfter(...within)).toMatchObject({ customerMessages: 2, rateWindow: { startMs: 1_000, count: 2 } });
    expect(chatAfter(...within, [said, 11_000])).toMatchObject({
      customerMessages: 3,
      rateWindow: { startMs: 11_000, count: 1 },
    });
    expect(chatAfter(joined, { type: 'MessageSent', ...asAgent, text: 'x' }).customerMessages).toBe(0);
  });

  it('remembers the idle alert until somebody writes', () => {
    expect(chatAfter([alerted, 300_000])).toMatchObject({ idleAlertedAtMs: 300_000, lastActivityMs: 1_000 });
    expect(chatAfter([alerted, 300_000], [said, 301_000])).toMatchObject({
      idleAlertedAtMs: null,
      lastActivityMs: 301_000,
    });
  });

  it('says why and when it ended', () => {
    expect(chatAfter([{ type: 'ChatEnded', reason: 'agent' }, 5_000]).ended).toEqual({ reason: 'agent', atMs: 5_000 });
  });
});
