import { chatAtStart, event, isoAt, joined, said } from '../testing/samples.js';
import type { StreamEvent } from '../api/shapes.js';
import { evolveChat, partIn } from './chat-fold.js';

const after = (...events: readonly StreamEvent[]) => events.reduce(evolveChat, chatAtStart());
const typing = (id: string, type: string, participantId: string) => event(id, type, { participantId, nickname: 'x' });

describe('a chat at the desk', () => {
  it('ignores events that it has seen', () => {
    const chat = after(joined('2-0', 'kate'));
    expect(evolveChat(chat, joined('2-0', 'bob'))).toBe(chat);
  });

  it('counts the wait from the first message without an answer', () => {
    expect(after(said('2-0', 'customer', 'a'), said('3-0', 'customer', 'b')).waitingSince).toBe(isoAt(2));
    expect(after(said('2-0', 'customer', 'a'), said('3-0', 'kate', 'b')).waitingSince).toBeNull();
  });

  it('ends typing with the message', () => {
    const chat = after(typing('2-0', 'TypingStarted', 'customer'));
    expect(chat.typing).toEqual(['customer']);
    expect(evolveChat(chat, said('3-0', 'customer', 'a')).typing).toEqual([]);
    expect(evolveChat(chat, typing('3-0', 'TypingStopped', 'customer')).typing).toEqual([]);
  });

  it('knows the part of an agent', () => {
    expect(partIn(after(joined('2-0', 'kate')), 'kate')).toBe('participant');
    expect(partIn(after(event('2-0', 'MonitoringStarted', { agentId: 'sam', nickname: 'Sam' })), 'sam')).toBe(
      'monitor',
    );
    expect(partIn(after(), 'kate')).toBe('reader');
  });

  it('ends a search when the agent who was asked joins, and goes on with it when another one does', () => {
    const asked = [
      event('2-0', 'RoutingRequested', { purpose: 'transfer' }),
      event('3-0', 'AgentOffered', { agentId: 'bob', nickname: 'Bob' }),
    ];
    expect(after(...asked).routing).toEqual({ purpose: 'transfer', phase: 'offered', agentId: 'bob' });
    expect(after(...asked, joined('4-0', 'bob')).routing).toBeNull();
    expect(after(...asked, joined('4-0', 'sam')).routing).not.toBeNull();
    expect(after(...asked, event('4-0', 'OfferEnded', { agentId: 'bob', reason: 'rejected' })).routing).toEqual({
      purpose: 'transfer',
      phase: 'waiting',
    });
  });

  it('is over with its end', () => {
    expect(after(said('2-0', 'customer', 'a'), event('3-0', 'ChatEnded', { reason: 'idle' }))).toMatchObject({
      ...{ state: 'ended', endReason: 'idle', endedAt: isoAt(3), waitingSince: null },
    });
  });

  it('takes events of types that it does not know', () => {
    expect(after(event('2-0', 'SomethingNew'))).toEqual({ ...chatAtStart(), lastId: '2-0' });
  });
});
