/** The Agent API's shapes, as `/openapi.json` of the internal listener has them. Times are ISO 8601 in UTC. */

/** `<transcriptPosition>-<n>`; grows along its stream. */
export type EntryId = string;

export type Role = 'agent' | 'supervisor' | 'admin';
export type Presence = 'ready' | 'not-ready' | 'away' | 'signed-out';
export type Party = 'AGENT' | 'CLIENT' | 'EXTERNAL';

export interface AgentName {
  readonly agentId: string;
  readonly nickname: string;
}

export interface Offer {
  readonly serviceId: string;
  readonly token: string;
  /** Reserved: the customer has not begun yet. */
  readonly phase: 'reserved' | 'offered';
  readonly until: string;
}

export interface Profile {
  readonly id: string;
  readonly nickname: string;
  readonly role: Role;
  readonly skills: Readonly<Record<string, number>>;
  readonly capacity: number;
}

export interface Me {
  readonly agent: Profile;
  readonly presence: Presence;
  readonly reason: string | null;
  readonly since: string | null;
  readonly offers: readonly Offer[];
  readonly chats: readonly string[];
  readonly lastId: EntryId;
  readonly serverTime: string;
}

export interface Disposition {
  readonly code: string;
  readonly note?: string | null;
  readonly agentId: string;
}

export interface Routing {
  readonly purpose: string;
  readonly phase: string;
  readonly agentId?: string;
}

export type TextMap = Readonly<Record<string, string>>;

export interface Chat {
  readonly serviceId: string;
  readonly name: string;
  readonly kind: 'basic' | 'advanced';
  readonly state: 'waiting' | 'live' | 'ended' | 'gone';
  readonly nickname: string | null;
  readonly user: string | null;
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly endReason: string | null;
  readonly attachedData: TextMap;
  readonly businessData: TextMap;
  readonly participants: readonly AgentName[];
  readonly monitors: readonly AgentName[];
  /** Participant ids. */
  readonly typing: readonly string[];
  readonly routing: Routing | null;
  readonly canPoke: boolean;
  readonly isCustomerAway: boolean;
  /** Since when the customer waits for an answer. */
  readonly waitingSince: string | null;
  readonly disposition: Disposition | null;
  readonly position: number;
  readonly lastId: EntryId;
}

/** An event of any stream; what it has besides depends on its type. */
export interface StreamEvent {
  readonly id: EntryId;
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Placed {
  readonly id: EntryId;
  readonly at: string;
}

interface Spoken extends Placed {
  readonly participantId: string;
  readonly nickname: string;
  readonly party: Party;
}

/** Events of a chat that mean something to the desk. */
export type ChatEvent =
  | (Placed & { readonly type: 'ChatStarted'; readonly nickname: string; readonly attachedData: TextMap })
  | (Placed & { readonly type: 'ChatEnded'; readonly reason: string })
  | (Spoken & { readonly type: 'ParticipantJoined' | 'ParticipantLeft' | 'TypingStarted' | 'TypingStopped' })
  | (Spoken & { readonly type: 'MessageSent' | 'NoticeSent' | 'IdleAlerted'; readonly text: string })
  | (Spoken & { readonly type: 'UrlPushed'; readonly url: string })
  | (Placed & {
      readonly type: 'WhisperSent';
      readonly participantId: string;
      readonly nickname: string;
      readonly text: string;
    })
  | (Placed & AgentName & { readonly type: 'MonitoringStarted' | 'MonitoringEnded' })
  | (Placed & { readonly type: 'RoutingRequested'; readonly purpose: string; readonly by?: string })
  | (Placed & { readonly type: 'RoutingCancelled' })
  | (Placed & AgentName & { readonly type: 'AgentReserved' | 'AgentOffered' })
  | (Placed & { readonly type: 'ReservationEnded' | 'OfferEnded'; readonly reason: string; readonly agentId?: string })
  | (Placed & { readonly type: 'DataReceived'; readonly data: TextMap })
  | (Placed & { readonly type: 'CustomerAway' | 'CustomerBack' })
  | (Placed & { readonly type: 'PokeRequested'; readonly text?: string; readonly by?: string })
  | (Placed & { readonly type: 'PushRequested'; readonly text: string })
  | (Placed & { readonly type: 'PushSent'; readonly ref: string; readonly channel: string })
  | (Placed & { readonly type: 'PushFailed'; readonly ref: string; readonly channel: string; readonly reason: string })
  | (Placed & {
      readonly type: 'DispositionSet';
      readonly agentId: string;
      readonly code: string;
      readonly note?: string;
    });

/** Events of the agent himself that mean something to the desk. */
export type AgentEvent =
  | (Placed & { readonly type: 'AgentSignedIn' | 'AgentReady' | 'AgentAway' | 'AgentSignedOut' })
  | (Placed & { readonly type: 'AgentNotReady'; readonly reason: string })
  | (Placed & {
      readonly type: 'ChatOffered';
      readonly serviceId: string;
      readonly token: string;
      readonly phase: Offer['phase'];
      readonly untilMs: number;
    })
  | (Placed & {
      readonly type: 'OfferClosed';
      readonly serviceId: string;
      readonly token: string;
      readonly reason: string;
    })
  | (Placed & { readonly type: 'ChatAssigned' | 'ChatReleased'; readonly serviceId: string });

export interface EventsPage {
  readonly events: readonly StreamEvent[];
  readonly lastId: EntryId;
  readonly hasMore: boolean;
}

export interface CannedResponse {
  readonly shortcut: string;
  readonly text: string;
}

/** What agents choose from. */
export interface DeskLists {
  readonly cannedResponses: readonly CannedResponse[];
  readonly notReadyReasons: readonly string[];
  readonly dispositions: readonly { readonly code: string; readonly label: string }[];
  readonly skills: readonly string[];
  readonly agents: readonly { readonly id: string; readonly nickname: string; readonly presence: string }[];
}

export interface EarlierChat {
  readonly serviceId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly nickname: string;
  readonly agents: readonly string[];
  readonly messages: number;
  readonly disposition: Disposition | null;
}

export interface LiveChat {
  readonly serviceId: string;
  readonly name: string;
  readonly nickname: string | null;
  readonly state: 'waiting' | 'live';
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly agents: readonly AgentName[];
  readonly isCustomerAway: boolean;
  readonly waitingSince: string | null;
  readonly messages: number;
}

export interface Queue {
  /** Empty: anybody; else `sales>=2,french>=1`, or `@` and an agent. */
  readonly requirement: string;
  readonly waiting: number;
  readonly longestWaitS: number;
  readonly agentsReady: number;
}

export interface Seat {
  readonly id: string;
  readonly nickname: string;
  readonly presence: Presence;
  readonly reason: string | null;
  readonly since: string | null;
  readonly skills: Readonly<Record<string, number>>;
  readonly capacity: number;
  readonly chats: number;
}
