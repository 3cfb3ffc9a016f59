import type { Recorded } from '../recorded.js';
import { type CommandMemory, NO_COMMANDS, rememberCommand } from './command-record.js';
import type { Device, EndReason, ServiceEvent, ServiceTimeouts, TextMap } from './service-event.js';

/** An agent who is in the chat. */
export interface Participant {
  readonly participantId: string;
  readonly nickname: string;
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
  readonly timeouts: ServiceTimeouts;
  readonly businessData: TextMap;
  readonly requestedAtMs: number;
  readonly user?: string;
  readonly chatEndpoint?: string;
  readonly timeZoneOffsetMin?: number;
  readonly device?: Device;
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

/** The length of the window of the message rate, in milliseconds. */
export const RATE_WINDOW_MS = 10_000;

const withoutKey = (map: Readonly<Record<string, number>>, key: string): Readonly<Record<string, number>> => {
  if (!(key in map)) return map;
  return Object.fromEntries(Object.entries(map).filter(([name]) => name !== key));
};

const countMessage = (window: ChatState['rateWindow'], atMs: number): ChatState['rateWindow'] =>
  atMs - window.startMs < RATE_WINDOW_MS ? { ...window, count: window.count + 1 } : { startMs: atMs, count: 1 };

const evolveChat = (chat: ChatState, { event, atMs }: Recorded<ServiceEvent>): ChatState => {
  switch (event.type) {
    case 'ParticipantJoined':
      return {
        ...chat,
        agents: [...chat.agents, { participantId: event.participantId, nickname: event.nickname }],
        lastActivityMs: atMs,
        idleAlertedAtMs: null,
      };
    case 'ParticipantLeft':
      return {
        ...chat,
        agents: chat.agents.filter((agent) => agent.participantId !== event.participantId),
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
      };
    case 'UrlPushed':
      return { ...chat, lastActivityMs: atMs, idleAlertedAtMs: null };
    case 'TypingStarted':
      return { ...chat, typingSinceMs: { ...chat.typingSinceMs, [event.participantId]: atMs } };
    case 'TypingStopped':
      return { ...chat, typingSinceMs: withoutKey(chat.typingSinceMs, event.participantId) };
    case 'IdleAlerted':
      return { ...chat, idleAlertedAtMs: atMs };
    case 'ChatEnded':
      return { ...chat, typingSinceMs: {}, ended: { reason: event.reason, atMs } };
    case 'ServiceRequested':
    case 'OwnerIdentified':
    case 'ChatStarted':
    case 'ServiceExpired':
    case 'ServiceDeleted':
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
      const { type: _, push: _push, ...started } = event;
      return {
        chat: {
          ...started,
          startedAtMs: atMs,
          agents: [],
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
    case 'ParticipantJoined':
    case 'ParticipantLeft':
    case 'MessageSent':
    case 'UrlPushed':
    case 'TypingStarted':
    case 'TypingStopped':
    case 'IdleAlerted':
    case 'ChatEnded':
      return state.chat === null ? {} : { chat: evolveChat(state.chat, recorded) };
  }
};

/** Folds one event into the state of its service. */
export const evolveService = (state: ServiceState, recorded: Recorded<ServiceEvent>): ServiceState => {
  const { event, atMs } = recorded;
  if (state.status !== 'open') {
    if (state.status !== 'absent' || event.type !== 'ServiceRequested') return state;
    const { type: _, ...requested } = event;
    return {
      status: 'open',
      ...requested,
      requestedAtMs: atMs,
      chat: null,
      lastEventAtMs: atMs,
      commands: rememberCommand(NO_COMMANDS, recorded),
    };
  }
  const change = evolveOpen(state, recorded);
  if ('was' in change) return change;
  return { ...state, ...change, lastEventAtMs: atMs, commands: rememberCommand(state.commands, recorded) };
};
