import type { AgentPart } from '../agent/agent-command.js';
import type { ServiceState } from './service-state.js';

/** The agents who are in the chat of a service while it goes on. */
export const agentsInChat = (state: ServiceState): readonly string[] =>
  state.status === 'open' && state.chat?.ended === null
    ? state.chat.agents.map(({ participantId }) => participantId)
    : [];

/** What a service says of each agent who ever had to do with it. */
export const agentPartsOf = (state: ServiceState): ReadonlyMap<string, AgentPart> => {
  const service = state.status === 'open' ? state : state.status === 'absent' ? undefined : state.was;
  const parts = new Map<string, AgentPart>(service?.involved.map((agentId) => [agentId, { part: 'none' }]));
  if (state.status !== 'open') return parts;
  for (const agentId of agentsInChat(state)) parts.set(agentId, { part: 'in-chat' });
  const { routing } = state;
  if (routing !== null && routing.phase !== 'waiting') {
    const { agentId, token, untilMs } = routing.held;
    parts.set(agentId, { part: 'held', phase: routing.phase, token, untilMs });
  }
  return parts;
};
