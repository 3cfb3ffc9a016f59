import type { AgentName, Chat, ChatEvent, StreamEvent } from '../api/shapes.js';
import { isAfter } from './entry-id.js';

const without = (names: readonly AgentName[], id: string): readonly AgentName[] =>
  names.filter(({ agentId }) => agentId !== id);

const stopsTyping = (typing: readonly string[], id: string): readonly string[] =>
  typing.includes(id) ? typing.filter((other) => other !== id) : typing;

const change = (chat: Chat, event: ChatEvent): Partial<Chat> => {
  switch (event.type) {
    case 'ChatStarted':
      return {
        ...{ state: 'live', nickname: event.nickname, attachedData: event.attachedData },
        ...{ startedAt: event.at, waitingSince: event.at },
      };
    case 'ChatEnded':
      return {
        ...{ state: 'ended', endedAt: event.at, endReason: event.reason },
        ...{ typing: [], waitingSince: null, isCustomerAway: false, routing: null, canPoke: false },
      };
    case 'ParticipantJoined': {
      const { participantId: agentId, nickname, party } = event;
      if (party === 'CLIENT') return {};
      const { routing } = chat;
      const isFound = routing !== null && (routing.purpose === 'chat' || routing.agentId === agentId);
      return {
        participants: [...without(chat.participants, agentId), { agentId, nickname }],
        routing: isFound ? null : routing,
      };
    }
    case 'ParticipantLeft':
      return {
        participants: without(chat.participants, event.participantId),
        typing: stopsTyping(chat.typing, event.participantId),
      };
    case 'MessageSent':
      return {
        typing: stopsTyping(chat.typing, event.participantId),
        waitingSince: event.party === 'CLIENT' ? (chat.waitingSince ?? event.at) : null,
        isCustomerAway: event.party === 'CLIENT' ? false : chat.isCustomerAway,
      };
    case 'TypingStarted':
      return { typing: [...stopsTyping(chat.typing, event.participantId), event.participantId] };
    case 'TypingStopped':
      return { typing: stopsTyping(chat.typing, event.participantId) };
    case 'MonitoringStarted': {
      const { agentId, nickname } = event;
      return { monitors: [...without(chat.monitors, agentId), { agentId, nickname }] };
    }
    case 'MonitoringEnded':
      return { monitors: without(chat.monitors, event.agentId) };
    case 'RoutingRequested':
      return { routing: { purpose: event.purpose, phase: 'waiting' } };
    case 'AgentReserved':
    case 'AgentOffered': {
      const phase = event.type === 'AgentOffered' ? 'offered' : 'reserved';
      return chat.routing === null ? {} : { routing: { ...chat.routing, phase, agentId: event.agentId } };
    }
    case 'OfferEnded':
      return chat.routing === null ? {} : { routing: { purpose: chat.routing.purpose, phase: 'waiting' } };
    case 'ReservationEnded':
    case 'RoutingCancelled':
      return { routing: null };
    case 'DataReceived':
      return { businessData: { ...chat.businessData, ...event.data } };
    case 'CustomerAway':
      return { isCustomerAway: true };
    case 'CustomerBack':
      return { isCustomerAway: false };
    case 'DispositionSet': {
      const { agentId, code, note } = event;
      return { disposition: { agentId, code, ...(note === undefined ? {} : { note }) } };
    }
    case 'NoticeSent':
    case 'IdleAlerted':
    case 'UrlPushed':
    case 'WhisperSent':
    case 'PokeRequested':
    case 'PushRequested':
    case 'PushSent':
    case 'PushFailed':
      return {};
    // Types that a newer server may bring.
    default:
      return {};
  }
};

/** A chat after an event; the same when the event is one that it has seen. */
export const evolveChat = (chat: Chat, event: StreamEvent): Chat =>
  isAfter(event.id, chat.lastId) ? { ...chat, ...change(chat, event as ChatEvent), lastId: event.id } : chat;

/** The agent's part in a chat. */
export type Part = 'participant' | 'monitor' | 'reader';

/** Since when a customer waits for an agent who is in the chat or reads along; of other chats nothing new is known. */
export const waitingFor = (chat: Chat | null, agentId: string): string | null =>
  chat === null || partIn(chat, agentId) === 'reader' ? null : chat.waitingSince;

export const partIn = (chat: Chat, agentId: string): Part => {
  if (chat.participants.some((other) => other.agentId === agentId)) return 'participant';
  return chat.monitors.some((other) => other.agentId === agentId) ? 'monitor' : 'reader';
};
