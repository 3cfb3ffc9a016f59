import type { Decider } from '../decider.js';
import { DomainError } from '../domain-error.js';
import type { AgentCommand } from './agent-command.js';
import type { AgentEvent } from './agent-event.js';
import { type AgentState, evolveAgent, type KnownAgent } from './agent-state.js';

const known = (state: AgentState): KnownAgent => {
  if (state.status === 'known') return state;
  throw new DomainError('AGENT_UNKNOWN', 'no agent of this id has ever signed in');
};

const signedIn = (state: AgentState): KnownAgent => {
  const agent = known(state);
  if (agent.presence !== 'signed-out') return agent;
  throw new DomainError('AGENT_NOT_SIGNED_IN', 'the agent has signed out');
};

const isSame = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, level]) => b[name] === level);

const signIn = (
  { nickname, skills, capacity, isFallback = false }: Extract<AgentCommand, { type: 'SignIn' }>,
  state: AgentState,
): readonly AgentEvent[] => {
  const event: AgentEvent = { type: 'AgentSignedIn', nickname, skills, capacity, isFallback };
  if (state.status === 'absent' || state.presence === 'signed-out') return [event];
  const isAsBefore =
    state.nickname === nickname &&
    state.capacity === capacity &&
    state.isFallback === isFallback &&
    isSame(state.skills, skills);
  if (isAsBefore) return [];
  // Other skills are no reason to be sent out of the door.
  return state.presence === 'ready' ? [event, { type: 'AgentReady' }] : [event];
};

/** What a service says of the agent now, as events of what is new in it. */
const noteService = (
  note: Extract<AgentCommand, { type: 'NoteService' }>,
  { offers, chats, services }: KnownAgent,
): readonly AgentEvent[] => {
  const { serviceId, asOf } = note;
  // Somebody who was slower tells what was before.
  if (services.some((known) => known.serviceId === serviceId && known.asOf > asOf)) return [];
  const offer = offers.find((each) => each.serviceId === serviceId);
  const isInChat = chats.includes(serviceId);
  const close = (reason: 'accepted' | 'withdrawn'): readonly AgentEvent[] =>
    offer === undefined ? [] : [{ type: 'OfferClosed', serviceId, token: offer.token, reason, asOf }];
  const release: readonly AgentEvent[] = isInChat ? [{ type: 'ChatReleased', serviceId, asOf }] : [];
  switch (note.part) {
    case 'held': {
      if (offer?.token === note.token && offer.phase === note.phase) return [];
      const { token, phase, untilMs } = note;
      const former = offer !== undefined && offer.token !== token ? close('withdrawn') : [];
      return [...release, ...former, { type: 'ChatOffered', serviceId, token, phase, untilMs, asOf }];
    }
    case 'in-chat':
      return [...close('accepted'), ...(isInChat ? [] : [{ type: 'ChatAssigned', serviceId, asOf } as const])];
    case 'none':
      return [...close('withdrawn'), ...release];
  }
};

const decide = (command: AgentCommand, state: AgentState): readonly AgentEvent[] => {
  switch (command.type) {
    case 'SignIn':
      return signIn(command, state);
    case 'GoReady':
      return signedIn(state).presence === 'ready' ? [] : [{ type: 'AgentReady' }];
    case 'GoNotReady': {
      const { presence, reason } = signedIn(state);
      const isSo = presence === 'not-ready' && reason === command.reason;
      return isSo ? [] : [{ type: 'AgentNotReady', reason: command.reason }];
    }
    case 'MarkAway': {
      const { presence } = known(state);
      return presence === 'ready' || presence === 'not-ready' ? [{ type: 'AgentAway' }] : [];
    }
    case 'SignOut':
      return known(state).presence === 'signed-out' ? [] : [{ type: 'AgentSignedOut' }];
    case 'MissOffer': {
      const { offers, missed, presence } = known(state);
      if (missed.includes(command.token)) return [];
      const serviceId = offers.find(({ token }) => token === command.token)?.serviceId ?? '';
      const closed: AgentEvent = { type: 'OfferClosed', serviceId, token: command.token, reason: 'no-answer' };
      return presence === 'ready' ? [closed, { type: 'AgentNotReady', reason: 'no answer' }] : [closed];
    }
    case 'NoteService':
      return state.status === 'absent' ? [] : noteService(command, state);
  }
};

/** The rules of an agent: where he is, what he is asked, and which chats he is in. */
export const agentDecider: Decider<AgentCommand, AgentEvent, AgentState> = {
  initialState: () => ({ status: 'absent' }),
  decide,
  evolve: evolveAgent,
  // Nothing of an agent is part of a customer's transcript.
  isPositioned: () => false,
};
