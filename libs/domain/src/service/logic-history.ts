import type { EntryId, Recorded } from '../recorded.js';
import type { LogicInput } from './logic-input.js';
import type { ServiceEvent, TextMap } from './service-event.js';

/** An event that the logic is told of. */
export interface LogicStep {
  readonly cause: EntryId;
  readonly input: LogicInput;
}

/** What of a service's events matters to its logic. */
export interface LogicHistory {
  /** The content hash of the logic; undefined until the service is requested, and for basic services for ever. */
  readonly logic: string | undefined;
  readonly serviceName: string;
  readonly data: TextMap;
  /** Nothing more is to be asked: the logic failed, or the service is gone. */
  readonly isOver: boolean;
}

export const NO_HISTORY: LogicHistory = { logic: undefined, serviceName: '', data: {}, isOver: false };

export const evolveHistory = (history: LogicHistory, { event }: Recorded<ServiceEvent>): LogicHistory => {
  switch (event.type) {
    case 'ServiceRequested':
      return { logic: event.logic, serviceName: event.name, data: event.businessData, isOver: false };
    case 'DataReceived':
      return { ...history, data: { ...history.data, ...event.data } };
    case 'LogicFailed':
    case 'ServiceExpired':
    case 'ServiceDeleted':
      return { ...history, isOver: true };
    default:
      return history;
  }
};

/**
 * What the logic is told of an event; undefined when it is none of its business.
 * @param history - after the event
 */
export const logicInputOf = (
  { data }: Pick<LogicHistory, 'data'>,
  { event, atMs }: Recorded<ServiceEvent>,
): LogicInput | undefined => {
  switch (event.type) {
    case 'ServiceRequested': {
      const { device, user, isOpen = true } = event;
      return {
        ...{ type: 'requested', atMs, data, isOpen },
        ...(device === undefined ? {} : { device }),
        ...(user === undefined ? {} : { user }),
      };
    }
    case 'DataReceived':
      return { type: 'data', atMs, data, changed: event.data, isOpen: event.isOpen };
    case 'AgentReserved':
      return { type: 'agentReserved', atMs, agentId: event.agentId, nickname: event.nickname };
    case 'ReservationEnded':
      return { type: 'agentGone', atMs, reason: event.reason };
    case 'ChatStarted':
      return { type: 'chatStarted', atMs, data: { ...data, ...event.attachedData } };
    case 'ParticipantJoined':
      return { type: 'agentJoined', atMs, agentId: event.participantId };
    case 'ParticipantLeft':
      return { type: 'agentLeft', atMs, agentId: event.participantId };
    case 'ChatEnded':
      return { type: 'chatEnded', atMs, reason: event.reason };
    case 'LogicDeadlineMet':
      return { type: 'deadline', atMs, name: event.name };
    default:
      return undefined;
  }
};
