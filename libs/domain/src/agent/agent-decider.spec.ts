import { BEFORE_FIRST, recordEvents } from '../recorded.js';
import type { AgentCommand, AgentPart } from './agent-command.js';
import { agentDecider } from './agent-decider.js';
import type { AgentEvent } from './agent-event.js';
import type { AgentState } from './agent-state.js';

const stateAfter = (...events: readonly AgentEvent[]): AgentState =>
  recordEvents(BEFORE_FIRST, events, agentDecider.isPositioned, { atMs: 7, commandId: 'c', verbose: false }).reduce(
    agentDecider.evolve,
    agentDecider.initialState(),
  );

const given = (...events: readonly AgentEvent[]) => ({
  when: (command: AgentCommand): readonly AgentEvent[] => agentDecider.decide(command, stateAfter(...events)),
});

const signIn = { type: 'SignIn', nickname: 'Kate', skills: { sales: 2 }, capacity: 3 } as const;
const signedIn: AgentEvent = { ...signIn, type: 'AgentSignedIn', isFallback: false };
const ready: AgentEvent = { type: 'AgentReady' };
const away: AgentEvent = { type: 'AgentAway' };
const signedOut: AgentEvent = { type: 'AgentSignedOut' };
const offer: AgentEvent = {
  ...{ type: 'ChatOffered', serviceId: 's', token: 't', phase: 'offered', untilMs: 20, asOf: 5 },
};
const assigned: AgentEvent = { type: 'ChatAssigned', serviceId: 's', asOf: 6 };

describe('an agent', () => {
  it('signs in, and is not ready by that', () => {
    expect(given().when(signIn)).toEqual([signedIn]);
    expect(stateAfter(signedIn)).toMatchObject({ presence: 'not-ready', skills: { sales: 2 }, presenceAsOf: 1 });
    expect(given(signedIn, signedOut).when(signIn)).toEqual([signedIn]);
  });

  it('signs in again without any harm', () => {
    expect(given(signedIn, ready).when(signIn)).toEqual([]);
    const more = { ...signIn, skills: { sales: 2, french: 1 } };
    expect(given(signedIn, ready).when(more)).toEqual([{ ...signedIn, skills: more.skills }, ready]);
    expect(given(signedIn).when({ ...signIn, capacity: 1 })).toEqual([{ ...signedIn, capacity: 1 }]);
  });

  it('is ready or not, for a reason', () => {
    expect(given(signedIn).when({ type: 'GoReady' })).toEqual([ready]);
    expect(given(signedIn, ready).when({ type: 'GoReady' })).toEqual([]);
    const lunch = { type: 'GoNotReady', reason: 'lunch' } as const;
    expect(given(signedIn, ready).when(lunch)).toEqual([{ type: 'AgentNotReady', reason: 'lunch' }]);
    expect(given(signedIn, { type: 'AgentNotReady', reason: 'lunch' }).when(lunch)).toEqual([]);
    expect(given(signedIn, ready, away).when({ type: 'GoReady' })).toEqual([ready]);
  });

  it('must have signed in for it', () => {
    for (const type of ['GoReady', 'SignOut', 'MarkAway'] as const) {
      expect(() => given().when({ type })).toThrow(expect.objectContaining({ code: 'AGENT_UNKNOWN' }));
    }
    expect(() => given(signedIn, signedOut).when({ type: 'GoReady' })).toThrow(
      expect.objectContaining({ code: 'AGENT_NOT_SIGNED_IN' }),
    );
  });

  it('is away when he is not heard of, and goes for good once', () => {
    expect(given(signedIn, ready).when({ type: 'MarkAway' })).toEqual([away]);
    expect(given(signedIn, away).when({ type: 'MarkAway' })).toEqual([]);
    expect(given(signedIn, signedOut).when({ type: 'MarkAway' })).toEqual([]);
    expect(given(signedIn, away).when({ type: 'SignOut' })).toEqual([signedOut]);
    expect(given(signedIn, signedOut).when({ type: 'SignOut' })).toEqual([]);
  });

  it('who misses an offer is not ready', () => {
    const closed: AgentEvent = { type: 'OfferClosed', serviceId: 's', token: 't', reason: 'no-answer' };
    const miss = { type: 'MissOffer', token: 't' } as const;
    const missed = given(signedIn, ready, offer).when(miss);
    expect(missed).toEqual([closed, { type: 'AgentNotReady', reason: 'no answer' }]);
    expect(given(signedIn, ready, offer, ...missed, ready).when(miss)).toEqual([]);
    expect(given(signedIn, away, offer).when(miss)).toEqual([closed]);
  });
});

describe('what a service says of an agent', () => {
  const note = (part: AgentPart, asOf: number) => ({ type: 'NoteService', serviceId: 's', asOf, ...part }) as const;
  const held = { part: 'held', token: 't', phase: 'offered', untilMs: 20 } as const;

  it('offers, assigns and releases a chat', () => {
    expect(given(signedIn).when(note(held, 5))).toEqual([offer]);
    expect(given(signedIn, offer).when(note({ part: 'in-chat' }, 6))).toEqual([
      { type: 'OfferClosed', serviceId: 's', token: 't', reason: 'accepted', asOf: 6 },
      assigned,
    ]);
    expect(given(signedIn, assigned).when(note({ part: 'none' }, 7))).toEqual([
      { type: 'ChatReleased', serviceId: 's', asOf: 7 },
    ]);
    expect(given(signedIn, offer).when(note({ part: 'none' }, 7))).toEqual([
      { type: 'OfferClosed', serviceId: 's', token: 't', reason: 'withdrawn', asOf: 7 },
    ]);
  });

  it('goes from a reservation to an offer, and from one offer to another', () => {
    const reservation: AgentEvent = { ...offer, phase: 'reserved' };
    expect(given(signedIn, reservation).when(note(held, 6))).toEqual([{ ...offer, asOf: 6 }]);
    expect(given(signedIn, offer).when(note({ ...held, token: 't2' }, 6))).toEqual([
      { type: 'OfferClosed', serviceId: 's', token: 't', reason: 'withdrawn', asOf: 6 },
      { ...offer, token: 't2', asOf: 6 },
    ]);
    expect(stateAfter(signedIn, offer, { ...offer, token: 't2' })).toMatchObject({ offers: [{ token: 't2' }] });
  });

  it('says nothing twice, and nothing when it comes too late', () => {
    expect(given(signedIn, offer).when(note(held, 5))).toEqual([]);
    expect(given(signedIn, assigned).when(note({ part: 'in-chat' }, 9))).toEqual([]);
    expect(given(signedIn, assigned).when(note(held, 5))).toEqual([]);
    expect(given(signedIn).when(note({ part: 'none' }, 5))).toEqual([]);
  });

  it('is nothing to somebody who never signed in', () => {
    expect(given().when(note(held, 5))).toEqual([]);
  });
});
