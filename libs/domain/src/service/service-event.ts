import type { RoutingNeed } from '../routing/routing-need.js';

/** Who speaks. Never another value on the wire. */
export type Party = 'AGENT' | 'CLIENT' | 'EXTERNAL';

/** Text values under text names: form fields, business data, attached data. */
export type TextMap = Readonly<Record<string, string>>;

/** Times after which a service or chat that nobody uses is closed; kept with the service, in seconds. */
export interface ServiceTimeouts {
  /** Time to live after the customer's last request. */
  readonly ttlS: number;
  /** A polling customer who sends no request for so long has gone. */
  readonly flexDisconnectS: number;
  /** No message from anybody for so long alerts the customer, who polls. */
  readonly idleAlertS: number;
  /** So long after the alert the chat is closed. */
  readonly idleCloseS: number;
  /** No message from anybody for so long closes a chat in CometD mode. */
  readonly asyncCloseS: number;
  /** The text of the alert. */
  readonly idleAlertMessage: string;
  /** How long an agent is kept for a customer who has not started his chat. @defaultValue 60 */
  readonly reservationS?: number;
  /** How long an agent may take to answer an offer. @defaultValue 20 */
  readonly answerS?: number;
  /** How long its events are kept after its end. @defaultValue 86400 */
  readonly retentionS?: number;
}

/** What a service says about pushes to its customer's device; kept with the service. */
export interface NotificationOptions {
  readonly isPokeEnabled: boolean;
  /** The text of a poke for which none is given. */
  readonly pokeMessage: string;
  /** Seconds from the first message that a customer misses to the push that tells him, while his application is away. */
  readonly awayPushS: number;
  /** The text of that push. */
  readonly awayMessage: string;
  /** The provider settings to use, by name. */
  readonly provider?: string;
}

export interface Device {
  readonly os: string;
  readonly notificationId: string;
}

export interface ServiceRequested {
  readonly type: 'ServiceRequested';
  readonly name: string;
  readonly kind: 'basic' | 'advanced';
  readonly timeouts: ServiceTimeouts;
  readonly businessData: TextMap;
  readonly user?: string;
  readonly chatEndpoint?: string;
  readonly timeZoneOffsetMin?: number;
  readonly device?: Device;
  /** Of an advanced service: the content hash of its logic. */
  readonly logic?: string;
  /** Whether it came within the business hours. @defaultValue true */
  readonly isOpen?: boolean;
  /** Nothing is pushed without it, but what a service logic asks for. */
  readonly notifications?: NotificationOptions;
}

/** The application handed over business data that was not known yet. */
export interface DataReceived {
  readonly type: 'DataReceived';
  /** What is new or other than before. */
  readonly data: TextMap;
  readonly isOpen: boolean;
}

export interface OwnerIdentified {
  readonly type: 'OwnerIdentified';
  readonly user: string;
}

/** The customer's own join: takes position 1 and is never shown to him. */
export interface ChatStarted {
  readonly type: 'ChatStarted';
  readonly sessionId: string;
  readonly userId: string;
  readonly secureKey: string;
  readonly nickname: string;
  readonly attachedData: TextMap;
  readonly notifyBy?: 'comet';
  readonly timeZoneOffsetMin?: number;
  /** Push registration of the chat, as sent: `push_notification_deviceid` and its companions. */
  readonly push?: TextMap;
}

/** An event that the customer sees as one line of the transcript. */
interface Spoken {
  /** Stable id of the speaker within the chat; `customer` is the customer. */
  readonly participantId: string;
  readonly nickname: string;
  readonly party: Party;
}

export interface ParticipantJoined extends Spoken {
  readonly type: 'ParticipantJoined';
}
export interface ParticipantLeft extends Spoken {
  readonly type: 'ParticipantLeft';
}
export interface MessageSent extends Spoken {
  readonly type: 'MessageSent';
  readonly text: string;
}
export interface TypingStarted extends Spoken {
  readonly type: 'TypingStarted';
}
export interface TypingStopped extends Spoken {
  readonly type: 'TypingStopped';
}
export interface UrlPushed extends Spoken {
  readonly type: 'UrlPushed';
  readonly url: string;
}
export interface IdleAlerted extends Spoken {
  readonly type: 'IdleAlerted';
  readonly text: string;
}

/** An agent's remark to the customer that is no message. */
export interface NoticeSent extends Spoken {
  readonly type: 'NoticeSent';
  readonly text: string;
}

export type TranscriptEvent =
  | ParticipantJoined
  | ParticipantLeft
  | MessageSent
  | TypingStarted
  | TypingStopped
  | UrlPushed
  | NoticeSent
  | IdleAlerted;

/** Names the event that a service logic answered with this one: `<position>-<n>`. */
interface Caused {
  readonly cause: string;
}

/** What the application is shown of an advanced service. */
export interface StatusSet extends Caused {
  readonly type: 'StatusSet';
  readonly status: string;
  readonly dialog?: string;
}

/** Why an agent is looked for: for the chat itself, to take it over from another agent, or to join him. */
export type RoutingPurpose = 'chat' | 'transfer' | 'conference';

export interface RoutingRequested extends Partial<Caused> {
  readonly type: 'RoutingRequested';
  readonly need: RoutingNeed;
  readonly purpose: RoutingPurpose;
  /** The agent who asked for it. */
  readonly by?: string;
}
export interface RoutingCancelled extends Partial<Caused> {
  readonly type: 'RoutingCancelled';
}

/** An agent is held for the customer for some time. */
interface Held {
  readonly agentId: string;
  readonly nickname: string;
  /** Of the match that it came from. */
  readonly token: string;
}
/** Before the chat: the agent waits for the customer to start it. */
export interface AgentReserved extends Held {
  readonly type: 'AgentReserved';
}
/** Why a reservation ended without a chat. */
export type ReservationEnd = 'expired' | 'released' | 'agent-gone';

export interface ReservationEnded {
  readonly type: 'ReservationEnded';
  readonly reason: ReservationEnd;
}
/** The chat goes on: the agent may answer. */
export interface AgentOffered extends Held {
  readonly type: 'AgentOffered';
}
export interface OfferEnded {
  readonly type: 'OfferEnded';
  readonly agentId: string;
  readonly token: string;
  readonly reason: 'rejected' | 'no-answer' | 'agent-gone';
}
/** Agents who refused may be asked again. */
export interface ExclusionsLifted {
  readonly type: 'ExclusionsLifted';
}

export interface LogicDeadlineSet extends Caused {
  readonly type: 'LogicDeadlineSet';
  readonly name: string;
  readonly dueMs: number;
}
export interface LogicDeadlineCleared extends Caused {
  readonly type: 'LogicDeadlineCleared';
  readonly name: string;
}
export interface LogicDeadlineMet {
  readonly type: 'LogicDeadlineMet';
  readonly name: string;
}
/** Something to tell the customer's device; `PushSent` or `PushFailed` says what became of it. */
export interface PushRequested extends Partial<Caused> {
  readonly type: 'PushRequested';
  readonly text: string;
  /** Of a push for messages that he missed: the last event before them. */
  readonly missedAfter?: string;
}
export interface PokeRequested extends Partial<Caused> {
  readonly type: 'PokeRequested';
  /** Undefined: the service's own. */
  readonly text?: string;
  /** The agent who asked for it, when he is known. */
  readonly by?: string;
}
/** The provider has taken a push. `ref` names the event that asked for it: `<position>-<n>`. */
export interface PushSent {
  readonly type: 'PushSent';
  readonly ref: string;
  readonly channel: string;
}
export type PushFailure = 'unregistered' | 'refused' | 'unavailable' | 'no-device' | 'not-configured';
/** No more tries are made. After `unregistered` the device is forgotten. */
export interface PushFailed {
  readonly type: 'PushFailed';
  readonly ref: string;
  readonly channel: string;
  readonly reason: PushFailure;
}

/** The customer's application went into the background: it has its place, and listens no more. */
export interface CustomerAway {
  readonly type: 'CustomerAway';
}
export interface CustomerBack {
  readonly type: 'CustomerBack';
}

/** A word among agents; the customer never sees it. */
export interface WhisperSent {
  readonly type: 'WhisperSent';
  readonly participantId: string;
  readonly nickname: string;
  readonly text: string;
}
/** A supervisor reads along. */
export interface MonitoringStarted {
  readonly type: 'MonitoringStarted';
  readonly agentId: string;
  readonly nickname: string;
}
export interface MonitoringEnded {
  readonly type: 'MonitoringEnded';
  readonly agentId: string;
  readonly nickname: string;
}
/** What came of the chat, as an agent sees it; a later one replaces it. */
export interface DispositionSet {
  readonly type: 'DispositionSet';
  readonly agentId: string;
  readonly code: string;
  readonly note?: string;
}
/** The logic threw, looped or answered nonsense: it is not asked any more. */
export interface LogicFailed extends Caused {
  readonly type: 'LogicFailed';
  readonly reason: string;
}

export type OrchestrationEvent =
  | DataReceived
  | StatusSet
  | RoutingRequested
  | RoutingCancelled
  | AgentReserved
  | ReservationEnded
  | AgentOffered
  | OfferEnded
  | ExclusionsLifted
  | LogicDeadlineSet
  | LogicDeadlineCleared
  | LogicDeadlineMet
  | PushRequested
  | PokeRequested
  | PushSent
  | PushFailed
  | LogicFailed;

/** What is said and done around a chat, without the customer. */
export type AgentsEvent =
  CustomerAway | CustomerBack | WhisperSent | MonitoringStarted | MonitoringEnded | DispositionSet;

/** Why a chat ended. */
export type EndReason = 'customer' | 'agent' | 'customer-gone' | 'idle' | 'service-closed';

export interface ChatEnded {
  readonly type: 'ChatEnded';
  readonly reason: EndReason;
}

/** The time to live ran out. */
export interface ServiceExpired {
  readonly type: 'ServiceExpired';
}

/** The application dropped the service. */
export interface ServiceDeleted {
  readonly type: 'ServiceDeleted';
}

export type ServiceEvent =
  | ServiceRequested
  | OwnerIdentified
  | ChatStarted
  | TranscriptEvent
  | OrchestrationEvent
  | AgentsEvent
  | ChatEnded
  | ServiceExpired
  | ServiceDeleted;

/** Who may see an event: the customer too, agents only, or nobody outside. */
export type Audience = 'customer' | 'agents' | 'system';

const AUDIENCES: Readonly<Record<ServiceEvent['type'], Audience>> = {
  ParticipantJoined: 'customer',
  ParticipantLeft: 'customer',
  MessageSent: 'customer',
  TypingStarted: 'customer',
  TypingStopped: 'customer',
  UrlPushed: 'customer',
  NoticeSent: 'customer',
  IdleAlerted: 'customer',
  ChatStarted: 'agents',
  ChatEnded: 'agents',
  DataReceived: 'agents',
  AgentReserved: 'agents',
  ReservationEnded: 'agents',
  AgentOffered: 'agents',
  OfferEnded: 'agents',
  RoutingRequested: 'agents',
  RoutingCancelled: 'agents',
  PushRequested: 'agents',
  PokeRequested: 'agents',
  PushSent: 'agents',
  PushFailed: 'agents',
  CustomerAway: 'agents',
  CustomerBack: 'agents',
  WhisperSent: 'agents',
  MonitoringStarted: 'agents',
  MonitoringEnded: 'agents',
  DispositionSet: 'agents',
  ServiceRequested: 'system',
  OwnerIdentified: 'system',
  StatusSet: 'system',
  ExclusionsLifted: 'system',
  LogicDeadlineSet: 'system',
  LogicDeadlineCleared: 'system',
  LogicDeadlineMet: 'system',
  LogicFailed: 'system',
  ServiceExpired: 'system',
  ServiceDeleted: 'system',
};

/** The events that nobody outside is shown. */
export const SYSTEM_EVENTS: readonly ServiceEvent['type'][] = (Object.keys(AUDIENCES) as ServiceEvent['type'][]).filter(
  (type) => AUDIENCES[type] === 'system',
);

export const audienceOf = (event: Pick<ServiceEvent, 'type'>): Audience => AUDIENCES[event.type];

/** Whether the customer sees an event as a line of his transcript. */
export const isTranscriptEvent = (event: ServiceEvent): event is TranscriptEvent => audienceOf(event) === 'customer';

/** The events of the customer's transcript, and his own join, take positions. */
export const isPositioned = (event: ServiceEvent): boolean =>
  event.type === 'ChatStarted' || audienceOf(event) === 'customer';
