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

export type TranscriptEvent =
  ParticipantJoined | ParticipantLeft | MessageSent | TypingStarted | TypingStopped | UrlPushed | IdleAlerted;

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
  ServiceRequested | OwnerIdentified | ChatStarted | TranscriptEvent | ChatEnded | ServiceExpired | ServiceDeleted;

/** Who may see an event: the customer too, agents only, or nobody outside. */
export type Audience = 'customer' | 'agents' | 'system';

export const audienceOf = (event: ServiceEvent): Audience => {
  switch (event.type) {
    case 'ParticipantJoined':
    case 'ParticipantLeft':
    case 'MessageSent':
    case 'TypingStarted':
    case 'TypingStopped':
    case 'UrlPushed':
    case 'IdleAlerted':
      return 'customer';
    case 'ChatStarted':
    case 'ChatEnded':
      return 'agents';
    case 'ServiceRequested':
    case 'OwnerIdentified':
    case 'ServiceExpired':
    case 'ServiceDeleted':
      return 'system';
  }
};

/** The events of the customer's transcript, and his own join, take positions. */
export const isPositioned = (event: ServiceEvent): boolean =>
  event.type === 'ChatStarted' || audienceOf(event) === 'customer';
