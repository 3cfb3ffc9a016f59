import type { Decider } from '../decider.js';
import { DomainError } from '../domain-error.js';
import { deadlinesOf } from './deadline.js';
import { decideLogic } from './logic-decider.js';
import { decideNotification } from './notification-decider.js';
import { decideRouting, offerEnded } from './routing-decider.js';
import type { Actor, Agent, ServiceCommand } from './service-command.js';
import { isPositioned, type Party, type ServiceEvent } from './service-event.js';
import { type ChatState, evolveService, type OpenService, RATE_WINDOW_MS, type ServiceState } from './service-state.js';
import { decideSupervision } from './supervision-decider.js';

/** A second startTyping within this time of the first says nothing new, in milliseconds. */
const TYPING_LASTS_MS = 10_000;

/** The participant id of the customer in every chat. */
export const CUSTOMER = 'customer';

export interface ServiceLimits {
  /** Customer messages of one chat in ten seconds. */
  readonly messagesPer10S: number;
  /** Customer messages of one chat in all. */
  readonly messagesPerChat: number;
}

interface Speaker {
  readonly participantId: string;
  readonly nickname: string;
  readonly party: Party;
}

const openService = (state: ServiceState): OpenService => {
  if (state.status === 'open') return state;
  throw new DomainError(
    'SERVICE_NOT_FOUND',
    'no service has this id: it was never created, or it expired or was deleted',
  );
};

const startedChat = (state: ServiceState): ChatState => {
  const { chat } = openService(state);
  if (chat !== null) return chat;
  throw new DomainError('CHAT_NOT_STARTED', 'the chat of this service has not been started with ixn/chat');
};

const asAgent = (by: Agent): Speaker => ({ participantId: by.agentId, nickname: by.nickname, party: 'AGENT' });

const isPresent = (chat: ChatState, by: Agent): boolean =>
  chat.agents.some((agent) => agent.participantId === by.agentId);

/** An agent may speak only while he is in a chat that goes on; a customer who comes too late is told so by the reply. */
const speakerIn = (chat: ChatState, by: Actor): Speaker | undefined => {
  if (by === 'customer') {
    return chat.ended ? undefined : { participantId: CUSTOMER, nickname: chat.nickname, party: 'CLIENT' };
  }
  if (chat.ended) throw new DomainError('CHAT_ENDED', 'the chat is over');
  if (!isPresent(chat, by)) throw new DomainError('NOT_A_PARTICIPANT', 'the agent is not in this chat');
  return asAgent(by);
};

/** Who writes is there again, however he left. */
const returned = ({ away }: ChatState, by: Actor): readonly ServiceEvent[] =>
  by === 'customer' && away !== null ? [{ type: 'CustomerBack' }] : [];

const checkRate = (chat: ChatState, atMs: number, limits: ServiceLimits): void => {
  const inWindow = atMs - chat.rateWindow.startMs < RATE_WINDOW_MS ? chat.rateWindow.count : 0;
  if (inWindow >= limits.messagesPer10S) {
    throw new DomainError('MESSAGE_RATE_EXCEEDED', `at most ${limits.messagesPer10S} messages in 10 s are taken`);
  }
  if (chat.customerMessages >= limits.messagesPerChat) {
    throw new DomainError('TRANSCRIPT_FULL', `a chat holds at most ${limits.messagesPerChat} customer messages`);
  }
};

const decideWith =
  (limits: ServiceLimits) =>
  (command: ServiceCommand, state: ServiceState): readonly ServiceEvent[] => {
    switch (command.type) {
      case 'RequestService': {
        if (state.status !== 'absent') return [];
        return [{ ...command, type: 'ServiceRequested' }];
      }
      case 'IdentifyOwner': {
        const { user } = openService(state);
        return user === undefined ? [{ type: 'OwnerIdentified', user: command.user }] : [];
      }
      case 'StartChat':
        return startChat(command, openService(state));
      case 'SendMessage': {
        const chat = startedChat(state);
        const speaker = speakerIn(chat, command.by);
        if (speaker === undefined) return [];
        if (command.by === 'customer') checkRate(chat, command.atMs, limits);
        return [...returned(chat, command.by), { type: 'MessageSent', ...speaker, text: command.text }];
      }
      case 'StartTyping': {
        const chat = startedChat(state);
        const speaker = speakerIn(chat, command.by);
        if (speaker === undefined) return [];
        const sinceMs = chat.typingSinceMs[speaker.participantId];
        if (sinceMs !== undefined && command.atMs - sinceMs < TYPING_LASTS_MS) return [];
        return [...returned(chat, command.by), { type: 'TypingStarted', ...speaker }];
      }
      case 'StopTyping': {
        const chat = startedChat(state);
        const speaker = speakerIn(chat, command.by);
        if (speaker === undefined || chat.typingSinceMs[speaker.participantId] === undefined) return [];
        return [{ type: 'TypingStopped', ...speaker }];
      }
      case 'Join': {
        const chat = startedChat(state);
        if (chat.ended) throw new DomainError('CHAT_ENDED', 'the chat is over');
        return isPresent(chat, command.by) ? [] : [{ type: 'ParticipantJoined', ...asAgent(command.by) }];
      }
      case 'Leave': {
        const chat = startedChat(state);
        if (chat.ended || !isPresent(chat, command.by)) return [];
        const left: ServiceEvent = { type: 'ParticipantLeft', ...asAgent(command.by) };
        // While another one is looked for, the chat goes on without any.
        const goesOn = chat.agents.length > 1 || openService(state).routing !== null;
        return goesOn ? [left] : [left, { type: 'ChatEnded', reason: 'agent' }];
      }
      case 'PushUrl': {
        const speaker = speakerIn(startedChat(state), command.by);
        return speaker === undefined ? [] : [{ type: 'UrlPushed', ...speaker, url: command.url }];
      }
      case 'SendNotice': {
        const speaker = speakerIn(startedChat(state), command.by);
        return speaker === undefined ? [] : [{ type: 'NoticeSent', ...speaker, text: command.text }];
      }
      case 'Transfer':
      case 'Conference':
      case 'CancelRouting':
      case 'Reserve':
      case 'AcceptOffer':
      case 'RejectOffer':
      case 'LoseAgent':
        return decideRouting(command, openService(state));
      case 'UpdateData': {
        const { businessData } = openService(state);
        const changed = Object.entries(command.data).filter(([key, value]) => businessData[key] !== value);
        if (changed.length === 0) return [];
        return [{ type: 'DataReceived', data: Object.fromEntries(changed), isOpen: command.isOpen }];
      }
      case 'ApplyEffects':
      case 'FailLogic':
        return decideLogic(command, openService(state));
      case 'Poke':
      case 'RecordPush':
      case 'GoAway':
      case 'ComeBack':
        return decideNotification(command, openService(state));
      case 'Whisper':
      case 'StartMonitoring':
      case 'StopMonitoring':
      case 'SetDisposition':
        return decideSupervision(command, openService(state));
      case 'EndChat': {
        const chat = startedChat(state);
        if (chat.ended) return [];
        if (!isPresent(chat, command.by)) throw new DomainError('NOT_A_PARTICIPANT', 'the agent is not in this chat');
        return [{ type: 'ChatEnded', reason: 'agent' }];
      }
      case 'Disconnect':
        return startedChat(state).ended ? [] : [{ type: 'ChatEnded', reason: 'customer' }];
      case 'MeetDeadline':
        return meetDeadline(command, state);
      case 'DeleteService':
        return [...endLiveChat(openService(state)), { type: 'ServiceDeleted' }];
    }
  };

const startChat = (
  { need, ...started }: Extract<ServiceCommand, { type: 'StartChat' }>,
  { chat, kind, routing }: OpenService,
): readonly ServiceEvent[] => {
  if (chat !== null) return [];
  const event: ServiceEvent = { ...started, type: 'ChatStarted' };
  if (kind === 'basic') {
    return need === undefined ? [event] : [event, { type: 'RoutingRequested', need, purpose: 'chat' }];
  }
  if (routing?.phase !== 'reserved') {
    throw new DomainError('SERVICE_NOT_AVAILABLE', 'no agent is reserved for this service yet; its status tells when');
  }
  const { agentId, nickname, token } = routing.held;
  return [event, { type: 'AgentOffered', agentId, nickname, token }];
};

const endLiveChat = ({ chat }: OpenService): readonly ServiceEvent[] =>
  chat !== null && chat.ended === null ? [{ type: 'ChatEnded', reason: 'service-closed' }] : [];

/** An alarm may come early, late or twice: what counts is whether the deadline, as it stands now, has passed. */
const meetDeadline = (
  { kind, atMs, lastSeenMs }: Extract<ServiceCommand, { type: 'MeetDeadline' }>,
  state: ServiceState,
): readonly ServiceEvent[] => {
  const deadline = deadlinesOf(state, lastSeenMs).find((candidate) => candidate.kind === kind);
  if (state.status !== 'open' || deadline === undefined || deadline.dueMs > atMs) return [];
  switch (kind) {
    case 'ttl':
      return [...endLiveChat(state), { type: 'ServiceExpired' }];
    case 'reservation':
      return [{ type: 'ReservationEnded', reason: 'expired' }];
    case 'answer':
      return state.routing?.phase === 'offered' ? [offerEnded(state.routing.held, 'no-answer')] : [];
    case 'reoffer':
      return [{ type: 'ExclusionsLifted' }];
    case 'away': {
      const { chat, notifications } = state;
      const missed = chat?.away?.missed;
      if (!missed || notifications === undefined) return [];
      return [{ type: 'PushRequested', text: notifications.awayMessage, missedAfter: missed.after }];
    }
    case 'logic':
      return Object.entries(state.logicDeadlines)
        .filter(([, dueMs]) => dueMs <= atMs)
        .sort(([, a], [, b]) => a - b)
        .map(([name]) => ({ type: 'LogicDeadlineMet', name }));
    case 'flex':
      return [{ type: 'ChatEnded', reason: 'customer-gone' }];
    case 'async':
      return [{ type: 'ChatEnded', reason: 'idle' }];
    case 'idle':
      if (state.chat?.idleAlertedAtMs !== null) return [{ type: 'ChatEnded', reason: 'idle' }];
      return [
        {
          type: 'IdleAlerted',
          participantId: 'system',
          nickname: 'System',
          party: 'EXTERNAL',
          text: state.timeouts.idleAlertMessage,
        },
      ];
  }
};

/** The rules of a service and its chat. */
export const createServiceDecider = (limits: ServiceLimits): Decider<ServiceCommand, ServiceEvent, ServiceState> => ({
  initialState: () => ({ status: 'absent' }),
  decide: decideWith(limits),
  evolve: evolveService,
  isPositioned,
});
