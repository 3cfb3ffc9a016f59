import { formatEntryId, ordinalOf, type Recorded } from '../recorded.js';
import { type CommandMemory, NO_COMMANDS, rememberCommand } from './command-record.js';
import { evolveRouting, type Routing } from './routing-state.js';
import type {
  Device,
  EndReason,
  NotificationOptions,
  ServiceEvent,
  ServiceTimeouts,
  TextMap,
} from './service-event.js';

/** An agent who is in the chat. */
export interface Participant {
  readonly participantId: string;
  readonly nickname: string;
}

/** A customer whose application is in the background. */
export interface Away {
  readonly sinceMs: number;
  /** The first message that he missed and was not told of: when it came, and the event before it. */
  readonly missed: { readonly atMs: number; readonly after: string } | null;
}

/** What came of a chat. */
export interface Disposition {
  readonly code: string;
  readonly note?: string;
  readonly agentId: string;
}

/** A push that was asked for and of which nothing is known yet. */
export interface PendingPush {
  /** The event that asked for it: `<position>-<n>`. */
  readonly ref: string;
  readonly isPoke: boolean;
  readonly text: string;
  readonly missedAfter?: string;
}

export interface ChatState {
  readonly sessionId: string;
  readonly userId: string;
  readonly secureKey: string;
  readonly nickname: string;
  readonly attachedData: TextMap;
  readonly startedAtMs: number;
  readonly notifyBy?: 'comet';
  readonly timeZoneOffsetMin?: number;
  readonly agents: readonly Participant[];
  /** Supervisors who read along. */
  readonly monitors: readonly Participant[];
  /** Whether any agent was ever in it. */
  readonly hasHadAgent: boolean;
  /** Since when the customer waits for an agent to say something; null when it is his turn. */
  readonly waitingSinceMs: number | null;
  /** Registration for pushes, under the names as sent. */
  readonly push?: TextMap;
  /** While the customer's application is in the background. */
  readonly away: Away | null;
  readonly disposition: Disposition | null;
  /** Since when each party that is typing has been typing, by participant id. */
  readonly typingSinceMs: Readonly<Record<string, number>>;
  /** The last message, pushed URL or join of anybody. */
  readonly lastActivityMs: number;
  readonly idleAlertedAtMs: number | null;
  readonly customerMessages: number;
  /** The ten-second window in which customer messages are counted against the rate. */
  readonly rateWindow: { readonly startMs: number; readonly count: number };
  readonly ended: { readonly reason: EndReason; readonly atMs: number } | null;
}

export interface OpenService {
  readonly status: 'open';
  readonly name: string;
  readonly kind: 'basic' | 'advanced';
  readonly timeouts: Required<ServiceTimeouts>;
  readonly businessData: TextMap;
  readonly requestedAtMs: number;
  readonly user?: string;
  readonly chatEndpoint?: string;
  readonly timeZoneOffsetMin?: number;
  readonly device?: Device;
  readonly notifications?: NotificationOptions;
  /** Oldest first. */
  readonly pushes: readonly PendingPush[];
  /** Of an advanced service: the content hash of its logic. */
  readonly logic?: string;
  /** What its logic shows; undefined until it has answered first. */
  readonly shown?: { readonly status: string; readonly dialog?: string };
  /** The last event to which the logic's answer is in the stream: `<position>-<n>`. */
  readonly appliedTo?: string;
  readonly hasLogicFailed?: true;
  /** Deadlines of the logic, by name, in store time. */
  readonly logicDeadlines: Readonly<Record<string, number>>;
  /** Every agent who was ever held for it or in its chat. */
  readonly involved: readonly string[];
  /** Raised with every event that concerns agents: who has seen a greater one knows better. */
  readonly agentsAsOf: number;
  /** An agent is looked for, or held; null when the service needs none. */
  readonly routing: Routing | null;
  readonly chat: ChatState | null;
  readonly lastEventAtMs: number;
  readonly commands: CommandMemory;
}

/** A service that answers like an absent one; its stream is kept. */
export interface GoneService {
  readonly status: 'expired' | 'deleted';
  /** As it ended, for those who still have to be told. */
  readonly was: OpenService;
}

/** Absent: no event yet. */
export type ServiceState = OpenService | GoneService | { readonly status: 'absent' };

/** How long an agent is held when a service does not say, in seconds. */
export const LATER_TIMEOUTS = { reservationS: 60, answerS: 20, retentionS: 86_400 } as const;

/** The length of the window of the message rate, in milliseconds. */
export const RATE_WINDOW_MS = 10_000;

const withoutKey = (map: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> => {
  if (!(key in map)) return map;
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
};

const countMessage = (window: ChatState['rateWindow'], atMs: number): ChatState['rateWindow'] =>
  atMs - window.startMs < RATE_WINDOW_MS ? { ...window, count: window.count + 1 } : { startMs: atMs, count: 1 };

/** The last place before an event. */
const before = ({ position, n }: Recorded<unknown>): string =>
  n === 0 ? `${position - 1}-65535` : `${position}-${n - 1}`;

const missing = (away: Away | null, recorded: Recorded<ServiceEvent>): Away | null =>
  away === null || away.missed ? away : { ...away, missed: { atMs: recorded.atMs, after: before(recorded) } };

const without = (participants: readonly Participant[], id: string): readonly Participant[] =>
  participants.filter(({ participantId }) => participantId !== id);

const evolveChat = (chat: ChatState, recorded: Recorded<ServiceEvent>): ChatState => {
  const { event, atMs } = recorded;
  switch (event.type) {
    case 'ParticipantJoined':
      return {
        ...chat,
        agents: [...chat.agents, { participantId: event.participantId, nickname: event.nickname }],
        hasHadAgent: true,
        lastActivityMs: atMs,
        idleAlertedAtMs: null,
      };
    case 'ParticipantLeft':
      return {
        ...chat,
        agents: without(chat.agents, event.participantId),
        typingSinceMs: withoutKey(chat.typingSinceMs, event.participantId),
      };
    case 'MessageSent':
      return {
        ...chat,
        typingSinceMs: withoutKey(chat.typingSinceMs, event.participantId),
        lastActivityMs: atMs,
        idleAlertedAtMs: null,
        customerMessages: chat.customerMessages + (event.party === 'CLIENT' ? 1 : 0),
        rateWindow: event.party === 'CLIENT' ? countMessage(chat.rateWindow, atMs) : chat.rateWindow,
        waitingSinceMs: event.party === 'CLIENT' ? (chat.waitingSinceMs ?? atMs) : null,
        away: event.party === 'CLIENT' ? null : missing(chat.away, recorded),
      };
    case 'UrlPushed':
    case 'NoticeSent':
      return { ...chat, lastActivityMs: atMs, idleAlertedAtMs: null, away: missing(chat.away, recorded) };
    case 'CustomerAway':
      return { ...chat, away: { sinceMs: atMs, missed: null } };
    case 'CustomerBack':
      return { ...chat, away: null };
    case 'PushRequested':
      return chat.away === null ? chat : { ...chat, away: { ...chat.away, missed: null } };
    case 'MonitoringStarted': {
      const monitor = { participantId: event.agentId, nickname: event.nickname };
      return { ...chat, monitors: [...without(chat.monitors, event.agentId), monitor] };
    }
    case 'MonitoringEnded':
      return { ...chat, monitors: without(chat.monitors, event.agentId) };
    case 'DispositionSet': {
      const { agentId, code, note } = event;
      return { ...chat, disposition: { agentId, code, ...(note === undefined ? {} : { note }) } };
    }
    case 'TypingStarted':
      return { ...chat, typingSinceMs: { ...chat.typingSinceMs, [event.participantId]: atMs } };
    case 'TypingStopped':
      return { ...chat, typingSinceMs: withoutKey(chat.typingSinceMs, event.participantId) };
    case 'IdleAlerted':
      return { ...chat, idleAlertedAtMs: atMs };
    case 'ChatEnded':
      return { ...chat, typingSinceMs: {}, waitingSinceMs: null, away: null, ended: { reason: event.reason, atMs } };
    default:
      return chat;
  }
};

/** The state after an event of a service that is open, but for what every event changes. */
const evolveOpen = (
  state: OpenService,
  recorded: Recorded<ServiceEvent>,
): Partial<Omit<OpenService, 'status'>> | GoneService => {
  const { event, atMs } = recorded;
  switch (event.type) {
    case 'ServiceRequested':
      return {};
    case 'OwnerIdentified':
      return { user: event.user };
    case 'ChatStarted': {
      const { type: _, ...started } = event;
      return {
        chat: {
          ...started,
          startedAtMs: atMs,
          agents: [],
          monitors: [],
          hasHadAgent: false,
          waitingSinceMs: atMs,
          away: null,
          disposition: null,
          typingSinceMs: {},
          lastActivityMs: atMs,
          idleAlertedAtMs: null,
          customerMessages: 0,
          rateWindow: { startMs: atMs, count: 0 },
          ended: null,
        },
      };
    }
    case 'ServiceExpired':
      return { status: 'expired', was: state };
    case 'ServiceDeleted':
      return { status: 'deleted', was: state };
    case 'DataReceived':
      return { businessData: { ...state.businessData, ...event.data } };
    case 'StatusSet':
      return {
        shown: { status: event.status, ...dialogOf(event.dialog ?? state.shown?.dialog) },
        appliedTo: event.cause,
      };
    case 'LogicDeadlineSet':
      return { logicDeadlines: { ...state.logicDeadlines, [event.name]: event.dueMs }, appliedTo: event.cause };
    case 'LogicDeadlineCleared':
      return { logicDeadlines: withoutKey(state.logicDeadlines, event.name), appliedTo: event.cause };
    case 'LogicDeadlineMet':
      return { logicDeadlines: withoutKey(state.logicDeadlines, event.name) };
    case 'PushRequested':
    case 'PokeRequested': {
      const { chat } = state;
      return {
        pushes: [...state.pushes, pendingPush(state, recorded, event)].slice(-PUSHES_MAX),
        ...(chat === null ? {} : { chat: evolveChat(chat, recorded) }),
        ...(event.cause === undefined ? {} : { appliedTo: event.cause }),
      };
    }
    case 'PushSent':
      return { pushes: state.pushes.filter(({ ref }) => ref !== event.ref) };
    case 'PushFailed':
      return {
        pushes: state.pushes.filter(({ ref }) => ref !== event.ref),
        ...(event.reason === 'unregistered' ? forgetDevice(state) : {}),
      };
    case 'LogicFailed':
      return { hasLogicFailed: true, logicDeadlines: {}, appliedTo: event.cause };
    case 'RoutingRequested':
    case 'RoutingCancelled':
      return {
        routing: evolveRouting(state.routing, recorded, state.timeouts),
        ...(event.cause === undefined ? {} : { appliedTo: event.cause }),
      };
    case 'AgentReserved':
    case 'AgentOffered':
      return {
        routing: evolveRouting(state.routing, recorded, state.timeouts),
        involved: withName(state.involved, event.agentId),
      };
    case 'ReservationEnded':
    case 'OfferEnded':
    case 'ExclusionsLifted':
      return { routing: evolveRouting(state.routing, recorded, state.timeouts) };
    case 'ParticipantJoined':
      if (state.chat === null) return {};
      return {
        chat: evolveChat(state.chat, recorded),
        routing: evolveRouting(state.routing, recorded, state.timeouts),
        involved: withName(state.involved, event.participantId),
      };
    case 'ParticipantLeft':
    case 'MessageSent':
    case 'UrlPushed':
    case 'NoticeSent':
    case 'TypingStarted':
    case 'TypingStopped':
    case 'IdleAlerted':
    case 'ChatEnded':
    case 'CustomerAway':
    case 'CustomerBack':
    case 'WhisperSent':
    case 'MonitoringStarted':
    case 'MonitoringEnded':
    case 'DispositionSet':
      if (state.chat === null) return {};
      if (state.routing === null) return { chat: evolveChat(state.chat, recorded) };
      return {
        chat: evolveChat(state.chat, recorded),
        routing: evolveRouting(state.routing, recorded, state.timeouts),
      };
    // While versions change, a newer one may write what this one does not know.
    default:
      return {};
  }
};

/** More pushes than that nobody waits for. */
const PUSHES_MAX = 16;

const missedAfterOf = (event: ServiceEvent): Pick<PendingPush, 'missedAfter'> =>
  event.type === 'PushRequested' && event.missedAfter !== undefined ? { missedAfter: event.missedAfter } : {};

const pendingPush = (
  { notifications }: OpenService,
  recorded: Recorded<ServiceEvent>,
  event: Extract<ServiceEvent, { type: 'PushRequested' | 'PokeRequested' }>,
): PendingPush => ({
  ref: formatEntryId(recorded),
  isPoke: event.type === 'PokeRequested',
  text: event.text ?? notifications?.pokeMessage ?? '',
  ...missedAfterOf(event),
});

/** A device that its provider does not know any more. What applications are told by its system stays. */
const forgetDevice = ({ chat, ...service }: OpenService): Partial<OpenService> => {
  if (chat?.push !== undefined) {
    const { push: _, ...rest } = chat;
    return { chat: rest };
  }
  return service.device === undefined ? {} : { device: { os: service.device.os, notificationId: '' } };
};

const withName = (names: readonly string[], name: string): readonly string[] =>
  names.includes(name) ? names : [...names, name];

const dialogOf = (dialog: string | undefined): { readonly dialog?: string } => (dialog === undefined ? {} : { dialog });

/** After these another agent is looked for, held or in the chat than before, or none. */
const CONCERN_AGENTS: ReadonlySet<ServiceEvent['type']> = new Set([
  'RoutingRequested',
  'RoutingCancelled',
  'AgentReserved',
  'ReservationEnded',
  'AgentOffered',
  'OfferEnded',
  'ExclusionsLifted',
  'ParticipantJoined',
  'ParticipantLeft',
  'ChatEnded',
]);

/** Folds one event into the state of its service. */
export const evolveService = (state: ServiceState, recorded: Recorded<ServiceEvent>): ServiceState => {
  const { event, atMs } = recorded;
  if (state.status !== 'open') {
    if (state.status !== 'absent' || event.type !== 'ServiceRequested') return state;
    const { type: _, isOpen: _isOpen, ...requested } = event;
    return {
      status: 'open',
      ...requested,
      // Events of old do not have all of them.
      timeouts: { ...LATER_TIMEOUTS, ...requested.timeouts },
      requestedAtMs: atMs,
      logicDeadlines: {},
      pushes: [],
      routing: null,
      involved: [],
      agentsAsOf: 0,
      chat: null,
      lastEventAtMs: atMs,
      commands: rememberCommand(NO_COMMANDS, recorded),
    };
  }
  const change = evolveOpen(state, recorded);
  if ('was' in change) return change;
  return {
    ...state,
    ...change,
    agentsAsOf: CONCERN_AGENTS.has(event.type) ? ordinalOf(recorded) : state.agentsAsOf,
    lastEventAtMs: atMs,
    commands: rememberCommand(state.commands, recorded),
  };
};
