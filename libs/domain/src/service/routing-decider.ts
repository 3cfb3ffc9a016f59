import { DomainError } from '../domain-error.js';
import type { Agent, ServiceCommand } from './service-command.js';
import type { HeldAgent } from './routing-state.js';
import type { OfferEnded, RoutingPurpose, ServiceEvent } from './service-event.js';
import type { ChatState, OpenService } from './service-state.js';

type RoutingCommand = Extract<
  ServiceCommand,
  { type: 'Transfer' | 'Conference' | 'CancelRouting' | 'Reserve' | 'AcceptOffer' | 'RejectOffer' | 'LoseAgent' }
>;

export const offerEnded = ({ agentId, token }: HeldAgent, reason: OfferEnded['reason']): ServiceEvent => ({
  ...{ type: 'OfferEnded', agentId, token, reason },
});

const isIn = (chat: ChatState | null, agentId: string): boolean =>
  chat?.agents.some(({ participantId }) => participantId === agentId) === true;

const joined = ({ agentId, nickname }: Agent): ServiceEvent => ({
  ...{ type: 'ParticipantJoined', participantId: agentId, nickname, party: 'AGENT' },
});

/** An agent of the chat has another one looked for. */
const ask = (
  { by, need }: Extract<RoutingCommand, { type: 'Transfer' | 'Conference' }>,
  purpose: RoutingPurpose,
  { chat, routing }: OpenService,
): readonly ServiceEvent[] => {
  if (chat?.ended !== null) throw new DomainError('CHAT_ENDED', 'the chat is over');
  if (!isIn(chat, by.agentId)) throw new DomainError('NOT_A_PARTICIPANT', 'the agent is not in this chat');
  if (routing !== null) throw new DomainError('ROUTING_BUSY', 'another agent is being looked for already');
  return [{ type: 'RoutingRequested', need, purpose, by: by.agentId }];
};

const accept = (
  { by, token }: Extract<RoutingCommand, { type: 'AcceptOffer' }>,
  { chat, routing }: OpenService,
): readonly ServiceEvent[] => {
  if (isIn(chat, by.agentId)) return [];
  if (routing?.phase !== 'offered' || routing.held.token !== token || routing.held.agentId !== by.agentId) {
    throw new DomainError('OFFER_GONE', 'the offer is not open any more: it ran out, or the chat is over');
  }
  const former = chat?.agents.find(({ participantId }) => participantId === routing.by);
  if (routing.purpose !== 'transfer' || former === undefined) return [joined(by)];
  return [joined(by), { type: 'ParticipantLeft', ...former, party: 'AGENT' }];
};

/** The rules of finding an agent. Repeats and what comes too late give no events. */
export const decideRouting = (command: RoutingCommand, service: OpenService): readonly ServiceEvent[] => {
  const { chat, routing } = service;
  switch (command.type) {
    case 'Transfer':
      return ask(command, 'transfer', service);
    case 'Conference':
      return ask(command, 'conference', service);
    case 'CancelRouting':
      if (!isIn(chat, command.by.agentId)) throw new DomainError('NOT_A_PARTICIPANT', 'the agent is not in this chat');
      return routing === null || routing.purpose === 'chat' ? [] : [{ type: 'RoutingCancelled' }];
    case 'Reserve': {
      if (routing?.phase !== 'waiting' || isIn(chat, command.agent.agentId)) return [];
      const type = chat === null ? 'AgentReserved' : 'AgentOffered';
      return [{ type, ...command.agent, token: command.token }];
    }
    case 'AcceptOffer':
      return accept(command, service);
    case 'RejectOffer': {
      const isOpen = routing?.phase === 'offered' && routing.held.agentId === command.by.agentId;
      return isOpen && routing.held.token === command.token ? [offerEnded(routing.held, 'rejected')] : [];
    }
    case 'LoseAgent': {
      const held = routing?.phase === 'waiting' ? undefined : routing?.held;
      if (held?.token !== command.token) return [];
      if (routing?.phase === 'offered') return [offerEnded(held, 'agent-gone')];
      return [{ type: 'ReservationEnded', reason: 'agent-gone' }];
    }
  }
};
