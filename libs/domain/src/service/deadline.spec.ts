import { asAgent, asSystem, joined, requested, started } from '../testing/events.js';
import { type Past, stateAfter } from '../testing/given.js';
import { deadlinesOf } from './deadline.js';
import type { ServiceEvent } from './service-event.js';

const TTL_MS = 3_600_000;
const FLEX_MS = 45_000;
const IDLE_MS = 255_000;
const CLOSE_MS = 45_000;
const ASYNC_MS = 3_600_000;

/** When each deadline comes, by kind. */
const dueAfter = (past: readonly Past[], lastSeenMs = 0): Readonly<Record<string, number>> =>
  Object.fromEntries(deadlinesOf(stateAfter(...past), lastSeenMs).map(({ kind, dueMs }) => [kind, dueMs]));

describe('the deadlines of a service', () => {
  it('are none before it exists and after it is gone', () => {
    expect(dueAfter([])).toEqual({});
    expect(dueAfter([requested, { type: 'ServiceExpired' }])).toEqual({});
    expect(dueAfter([requested, started, { type: 'ServiceDeleted' }])).toEqual({});
  });

  it('are its time to live alone while there is no chat, and after the end of the chat', () => {
    expect(dueAfter([[requested, 500]])).toEqual({ ttl: 500 + TTL_MS });
    expect(dueAfter([requested, started, [{ type: 'ChatEnded', reason: 'agent' }, 900]])).toEqual({
      ttl: 900 + TTL_MS,
    });
  });

  it('move with the last event and with when the customer was last seen, whichever is later', () => {
    expect(dueAfter([requested, [started, 1_000]], 400)).toMatchObject({ ttl: 1_000 + TTL_MS, flex: 1_000 + FLEX_MS });
    expect(dueAfter([requested, [started, 1_000]], 4_000)).toMatchObject({
      ttl: 4_000 + TTL_MS,
      flex: 4_000 + FLEX_MS,
    });
  });

  it('count a polling customer as gone by what he does himself, not by what agents do', () => {
    expect(dueAfter([requested, [started, 1_000], [joined, 30_000]], 2_000)).toMatchObject({ flex: 2_000 + FLEX_MS });
  });

  it.each<[string, ServiceEvent]>([
    ['a message', { type: 'MessageSent', ...asAgent, text: 'x' }],
    ['a pushed URL', { type: 'UrlPushed', ...asAgent, url: 'x' }],
    ['a join', { type: 'ParticipantJoined', ...asAgent }],
  ])('begin again for an idle chat with %s', (_, event) => {
    expect(dueAfter([requested, started, [event, 9_000]])).toMatchObject({ idle: 9_000 + IDLE_MS });
  });

  it.each<[string, ServiceEvent]>([
    ['typing', { type: 'TypingStarted', ...asAgent }],
    ['the end of typing', { type: 'TypingStopped', ...asAgent }],
    ['an agent who leaves', { type: 'ParticipantLeft', ...asAgent }],
    ['the owner', { type: 'OwnerIdentified', user: 'u' }],
  ])('do not begin again for an idle chat with %s', (_, event) => {
    expect(dueAfter([requested, [started, 1_000], [event, 9_000]])).toMatchObject({ idle: 1_000 + IDLE_MS });
  });

  it('close an idle chat so long after the alert, unless somebody writes', () => {
    const alerted: ServiceEvent = { type: 'IdleAlerted', ...asSystem, text: 'still there?' };
    const said: ServiceEvent = { type: 'MessageSent', ...asAgent, text: 'x' };
    expect(dueAfter([requested, started, [alerted, 300_000]])).toMatchObject({ idle: 300_000 + CLOSE_MS });
    expect(dueAfter([requested, started, [alerted, 300_000], [said, 301_000]])).toMatchObject({
      idle: 301_000 + IDLE_MS,
    });
  });

  it('know no absence in CometD mode: only a chat in which nobody writes is closed', () => {
    const comet: ServiceEvent = { ...started, notifyBy: 'comet' };
    expect(dueAfter([requested, [comet, 1_000]], 5_000)).toEqual({ ttl: 5_000 + TTL_MS, async: 1_000 + ASYNC_MS });
    const said: ServiceEvent = { type: 'MessageSent', ...asAgent, text: 'x' };
    expect(dueAfter([requested, [comet, 1_000], [said, 6_000]])).toMatchObject({ async: 6_000 + ASYNC_MS });
  });
});
