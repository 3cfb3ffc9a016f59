import type { Chat, EventsPage, Me, StreamEvent } from '../api/shapes.js';

/** A moment that tests begin at. */
export const START_MS = Date.parse('2026-11-23T08:00:00.000Z');

export const isoAt = (seconds: number): string => new Date(START_MS + seconds * 1_000).toISOString();

/** An event at as many seconds as its position says. */
export const event = (id: string, type: string, fields: Readonly<Record<string, unknown>> = {}): StreamEvent => ({
  id,
  at: isoAt(Number.parseInt(id, 10)),
  type,
  ...fields,
});

export const said = (id: string, participantId: string, text: string): StreamEvent =>
  event(id, 'MessageSent', {
    ...{ participantId, nickname: participantId, text },
    party: participantId === 'customer' ? 'CLIENT' : 'AGENT',
  });

export const joined = (id: string, agentId: string): StreamEvent =>
  event(id, 'ParticipantJoined', { participantId: agentId, nickname: agentId, party: 'AGENT' });

/** A chat before its first event. */
export const chatAtStart = (serviceId = 's1'): Chat => ({
  ...{ serviceId, name: 'request-chat', kind: 'basic', state: 'live', nickname: 'VasyaP', user: 'u1' },
  ...{ requestedAt: isoAt(0), startedAt: isoAt(0), endedAt: null, endReason: null },
  ...{ attachedData: {}, businessData: {}, participants: [], monitors: [], typing: [], routing: null },
  ...{ canPoke: false, isCustomerAway: false, waitingSince: null, disposition: null, position: 1, lastId: '1-0' },
});

export const page = (events: readonly StreamEvent[], hasMore = false): EventsPage => ({
  events,
  lastId: events.at(-1)?.id ?? '0-0',
  hasMore,
});

export const me = (fields: Partial<Me> = {}): Me => ({
  agent: { id: 'kate', nickname: 'Kate', role: 'agent', skills: {}, capacity: 3 },
  ...{ presence: 'not-ready', reason: 'signed in', since: isoAt(0), offers: [], chats: [] },
  ...{ lastId: '1-0', serverTime: isoAt(0) },
  ...fields,
});
