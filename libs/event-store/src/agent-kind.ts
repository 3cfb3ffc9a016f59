import { type AgentCommand, agentDecider, type AgentEvent, type AgentState, findCommand } from '@app/domain';
import type { AggregateKind } from './aggregate-repository.js';
import type { EventCodec } from './folded.js';

/** An agent of whom nothing was heard for so long is forgotten, in seconds. */
const RETENTION_S = 90 * 86_400;
/** How often an append renews that, in milliseconds. */
const RENEW_EVERY_MS = 3_600_000;

/**
 * Agents as aggregates.
 * @param codec - their stored form
 */
export const agentKind = (
  codec: EventCodec<AgentEvent, AgentState>,
): AggregateKind<AgentCommand, AgentEvent, AgentState> => ({
  decider: agentDecider,
  codec,
  findCommand: (state, commandId) => (state.status === 'known' ? findCommand(state.commands, commandId) : undefined),
  effectsOf: (_events, before, atMs, lastAtMs) =>
    before.status === 'absent' || Math.floor(atMs / RENEW_EVERY_MS) !== Math.floor(lastAtMs / RENEW_EVERY_MS)
      ? { expireS: RETENTION_S }
      : {},
});
