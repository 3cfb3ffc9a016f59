import { ANYBODY } from '../routing/routing-need.js';
import { requested, started } from '../testing/events.js';
import { given, LIMITS, stateAfter, type Past } from '../testing/given.js';
import { deadlinesOf } from './deadline.js';
import { agentPartsOf } from './service-agents.js';
import type { ServiceEvent } from './service-event.js';

const requestedAs = (kind: 'basic' | 'advanced'): ServiceEvent => ({ ...requested, kind });
const { type: _, ...chat } = started;
const routed: ServiceEvent = { type: 'RoutingRequested', need: ANYBODY, purpose: 'chat' };
const kate = { agentId: 'kate', nickname: 'Kate' };
const bob = { agentId: 'bob', nickname: 'Bob' };
const joined = ({ agentId, nickname }: typeof kate): ServiceEvent => ({
  ...{ type: 'ParticipantJoined', participantId: agentId, nickname, party: 'AGENT' },
});
const reserved: ServiceEvent = { type: 'AgentReserved', ...kate, token: 't1' };
const offered: ServiceEvent = { type: 'AgentOffered', ...kate, token: 't1' };
const missed: ServiceEvent = { type: 'OfferEnded', agentId: 'kate', token: 't1', reason: 'no-answer' };

const basic: readonly Past[] = [requestedAs('basic'), started, routed];
const advanced: readonly Past[] = [requestedAs('advanced'), routed];
const inChat: readonly Past[] = [...basic, offered, joined(kate)];

const routingAfter = (...past: readonly Past[]) => {
  const state = stateAfter(...past);
  return state.status === 'open' ? state.routing : undefined;
};

describe('the start of a chat', () => {
  it('has an agent looked for, where the service says what it needs', () => {
    expect(given(requestedAs('basic')).when({ type: 'StartChat', ...chat, need: ANYBODY })).toEqual([started, routed]);
    expect(given(requestedAs('basic')).when({ type: 'StartChat', ...chat })).toEqual([started]);
  });

  it('of an advanced service waits for a reservation', () => {
    const start = { type: 'StartChat', ...chat } as const;
    expect(() => given(...advanced).when(start)).toThrow(expect.objectContaining({ code: 'SERVICE_NOT_AVAILABLE' }));
    expect(given(...advanced, reserved).when(start)).toEqual([started, offered]);
  });
});

describe('a match', () => {
  const reserve = { type: 'Reserve', agent: kate, token: 't1' } as const;

  it('reserves before the chat, and offers in it', () => {
    expect(given(...advanced).when(reserve)).toEqual([reserved]);
    expect(given(...basic).when(reserve)).toEqual([offered]);
  });

  it('of a service that looks for nobody is nothing', () => {
    expect(given(requestedAs('basic'), started).when(reserve)).toEqual([]);
    expect(given(...basic, offered).when({ ...reserve, token: 't2' })).toEqual([]);
    expect(given(...inChat).when(reserve)).toEqual([]);
  });
});

describe('an offer', () => {
  it('is accepted by whom it was made to, once', () => {
    const accept = { type: 'AcceptOffer', by: kate, token: 't1' } as const;
    expect(given(...basic, offered).when(accept)).toEqual([joined(kate)]);
    expect(given(...inChat).when(accept)).toEqual([]);
    for (const other of [
      { ...accept, by: bob },
      { ...accept, token: 't0' },
    ]) {
      expect(() => given(...basic, offered).when(other)).toThrow(expect.objectContaining({ code: 'OFFER_GONE' }));
    }
    expect(() => given(...basic, offered, missed).when(accept)).toThrow(
      expect.objectContaining({ code: 'OFFER_GONE' }),
    );
  });

  it('is rejected, and the next agent is looked for without him', () => {
    const rejected = given(...basic, offered).when({ type: 'RejectOffer', by: kate, token: 't1' });
    expect(rejected).toEqual([{ type: 'OfferEnded', agentId: 'kate', token: 't1', reason: 'rejected' }]);
    expect(routingAfter(...basic, offered, ...rejected)).toMatchObject({ phase: 'waiting', excluded: ['kate'] });
    expect(given(...basic, offered).when({ type: 'RejectOffer', by: bob, token: 't1' })).toEqual([]);
    expect(given(...basic, offered).when({ type: 'RejectOffer', by: kate, token: 't0' })).toEqual([]);
    expect(given(...inChat).when({ type: 'RejectOffer', by: kate, token: 't1' })).toEqual([]);
  });

  it('runs out, any number of times, and costs nobody his place', () => {
    const hops = ['kate', 'bob', 'eve'].flatMap((agentId, index): Past[] => [
      [{ type: 'AgentOffered', agentId, nickname: agentId, token: `t${index}` }, 1_000],
      [{ type: 'OfferEnded', agentId, token: `t${index}`, reason: 'no-answer' }, 21_000],
    ]);
    const routing = routingAfter(requestedAs('basic'), started, [routed, 500], ...hops);
    expect(routing).toMatchObject({
      ...{ phase: 'waiting', sinceMs: 500, excluded: ['kate', 'bob', 'eve'] },
      missed: { agentId: 'eve', token: 't2' },
    });
  });

  it('has 20 seconds, and no answer ends it', () => {
    const past: readonly Past[] = [...basic, [offered, 1_000]];
    expect(deadlinesOf(stateAfter(...past), 0)).toContainEqual({ kind: 'answer', dueMs: 21_000 });
    const meet = (atMs: number) => given(...past).when({ type: 'MeetDeadline', kind: 'answer', atMs, lastSeenMs: 0 });
    expect(meet(20_999)).toEqual([]);
    expect(meet(21_000)).toEqual([missed]);
  });

  it('ends when its agent goes away', () => {
    const lose = { type: 'LoseAgent', agentId: 'kate', token: 't1' } as const;
    expect(given(...basic, offered).when(lose)).toEqual([{ ...missed, reason: 'agent-gone' }]);
    expect(given(...advanced, reserved).when(lose)).toEqual([{ type: 'ReservationEnded', reason: 'agent-gone' }]);
    expect(given(...basic, offered).when({ ...lose, token: 't0' })).toEqual([]);
    expect(given(...basic).when(lose)).toEqual([]);
    expect(given(requestedAs('basic')).when(lose)).toEqual([]);
  });

  it('ends with its chat', () => {
    expect(routingAfter(...basic, offered, { type: 'ChatEnded', reason: 'customer' })).toBeNull();
  });

  it('may be made again to those who refused, after 30 seconds', () => {
    const past: readonly Past[] = [...basic, offered, [missed, 5_000]];
    expect(deadlinesOf(stateAfter(...past), 0)).toContainEqual({ kind: 'reoffer', dueMs: 35_000 });
    const lifted = given(...past).when({ type: 'MeetDeadline', kind: 'reoffer', atMs: 35_000, lastSeenMs: 0 });
    expect(lifted).toEqual([{ type: 'ExclusionsLifted' }]);
    expect(routingAfter(...past, ...lifted)).toMatchObject({ phase: 'waiting', excluded: [] });
  });
});

describe('a reservation', () => {
  it('runs out when the customer does not begin', () => {
    const past: readonly Past[] = [...advanced, [reserved, 1_000]];
    expect(deadlinesOf(stateAfter(...past), 0)).toContainEqual({ kind: 'reservation', dueMs: 61_000 });
    const ended = given(...past).when({ type: 'MeetDeadline', kind: 'reservation', atMs: 61_000, lastSeenMs: 0 });
    expect(ended).toEqual([{ type: 'ReservationEnded', reason: 'expired' }]);
    expect(routingAfter(...past, ...ended)).toBeNull();
  });
});

describe('a transfer', () => {
  const transfer = { type: 'Transfer', by: kate, need: { ...ANYBODY, agentId: 'bob' } } as const;
  const asked: ServiceEvent = { type: 'RoutingRequested', need: transfer.need, purpose: 'transfer', by: 'kate' };
  const offeredToBob: ServiceEvent = { type: 'AgentOffered', ...bob, token: 't2' };

  it('replaces the agent when the other one joins', () => {
    expect(given(...inChat).when(transfer)).toEqual([asked]);
    expect(given(...inChat, asked, offeredToBob).when({ type: 'AcceptOffer', by: bob, token: 't2' })).toEqual([
      joined(bob),
      { type: 'ParticipantLeft', participantId: 'kate', nickname: 'Kate', party: 'AGENT' },
    ]);
  });

  it('leaves the chat open when the agent goes before', () => {
    expect(given(...inChat, asked).when({ type: 'Leave', by: kate })).toEqual([
      { type: 'ParticipantLeft', participantId: 'kate', nickname: 'Kate', party: 'AGENT' },
    ]);
  });

  it('is for agents of a chat that goes on, one at a time', () => {
    expect(() => given(...basic).when(transfer)).toThrow(expect.objectContaining({ code: 'NOT_A_PARTICIPANT' }));
    expect(() => given(...inChat, asked).when(transfer)).toThrow(expect.objectContaining({ code: 'ROUTING_BUSY' }));
    const over = [...inChat, { type: 'ChatEnded', reason: 'agent' }] as const;
    expect(() => given(...over).when(transfer)).toThrow(expect.objectContaining({ code: 'CHAT_ENDED' }));
    expect(() => given(requestedAs('basic')).when(transfer)).toThrow(expect.objectContaining({ code: 'CHAT_ENDED' }));
  });

  it('as a conference adds the other one', () => {
    const conference = given(...inChat).when({ ...transfer, type: 'Conference' });
    expect(conference).toEqual([{ ...asked, purpose: 'conference' }]);
    const accepted = given(...inChat, ...conference, offeredToBob).when({ type: 'AcceptOffer', by: bob, token: 't2' });
    expect(accepted).toEqual([joined(bob)]);
  });
});

describe('what a service says of agents', () => {
  const partsAfter = (...past: readonly Past[]) => Object.fromEntries(agentPartsOf(stateAfter(...past)));

  it('is who is held, who is in the chat, and who is neither any more', () => {
    expect(partsAfter(...basic)).toEqual({});
    expect(partsAfter(...basic, [offered, 1_000])).toEqual({
      kate: { part: 'held', phase: 'offered', token: 't1', untilMs: 21_000 },
    });
    expect(partsAfter(...basic, offered, missed)).toEqual({ kate: { part: 'none' } });
    expect(partsAfter(...inChat, joined(bob))).toEqual({ kate: { part: 'in-chat' }, bob: { part: 'in-chat' } });
    expect(partsAfter(...inChat, { type: 'ChatEnded', reason: 'agent' })).toEqual({ kate: { part: 'none' } });
    expect(partsAfter(...inChat, { type: 'ServiceDeleted' })).toEqual({ kate: { part: 'none' } });
  });
});

describe('an agent in a chat', () => {
  it('sends notices', () => {
    expect(given(...inChat).when({ type: 'SendNotice', by: kate, text: 'one moment' })).toEqual([
      { type: 'NoticeSent', participantId: 'kate', nickname: 'Kate', party: 'AGENT', text: 'one moment' },
    ]);
  });

  it('is not stopped by the limits of customers', () => {
    const many = Array.from({ length: LIMITS.messagesPer10S + 1 }, (): Past => ({
      ...{ type: 'MessageSent', participantId: 'kate', nickname: 'Kate', party: 'AGENT', text: 'x' },
    }));
    const say = { type: 'SendMessage', by: kate, text: 'y', atMs: 1 } as const;
    expect(given(...inChat, ...many).when(say)).toHaveLength(1);
  });
});

describe('the search for a second agent', () => {
  const asked: ServiceEvent = { type: 'RoutingRequested', need: ANYBODY, purpose: 'transfer', by: 'kate' };

  it('is called off by those in the chat', () => {
    const cancel = { type: 'CancelRouting', by: kate } as const;
    expect(given(...inChat, asked).when(cancel)).toEqual([{ type: 'RoutingCancelled' }]);
    expect(routingAfter(...inChat, asked, { type: 'RoutingCancelled' })).toBeNull();
    expect(given(...inChat).when(cancel)).toEqual([]);
    expect(() => given(...inChat, asked).when({ ...cancel, by: bob })).toThrow(
      expect.objectContaining({ code: 'NOT_A_PARTICIPANT' }),
    );
  });
});
