import { type ShownStatus, statusJson, statusTag } from './service-status.js';
import { chatPath } from './verbose-fields.js';

const statusPath = (serviceId: string): string => `/genesys/1/service/${serviceId}/status`;

/** The reply to the creation of a basic service. The verbose one spells the URL's name both ways that are seen. */
export const createdBasicReply = (serviceId: string, verbose: boolean): string => {
  if (!verbose) return `{"_id":"${serviceId}"}`;
  const url = chatPath(serviceId);
  return `{"_chatIxnAPI-CREATE-URL":"${url}","_chatIxnAPI_CREATE_URL":"${url}","_id":"${serviceId}"}`;
};

/** The reply to the creation of an advanced service; "comand" is how applications know it. */
export const createdAdvancedReply = (serviceId: string, hasUrl: boolean): string =>
  hasUrl ? `{"_id":"${serviceId}","_session_comand_STATUS_URL":"${statusPath(serviceId)}"}` : `{"_id":"${serviceId}"}`;

/** The reply to `status`. The verbose one names the URL of the chat as soon as it may be started. */
export const statusReply = (serviceId: string, shown: ShownStatus, verbose: boolean): string => {
  const message = statusJson(serviceId, shown).slice(0, -1);
  const chatUrl = shown.status === 'available' ? `,"_chatIxnAPI_CREATE_URL":"${chatPath(serviceId)}"` : '';
  const urls = verbose ? `${chatUrl},"_session_comand_STATUS_URL":"${statusPath(serviceId)}"` : '';
  return `{"message":${message}${urls}},"tag":"${statusTag(serviceId, shown.status)}"}`;
};

/** Where a customer stands in the queue. */
export interface QueuePosition {
  /** 1 is next; 0: he does not wait, or not any more. */
  readonly position: number;
  /** Expected seconds until an agent is there; 0 when nothing is known. */
  readonly etaS: number;
  /** Customers who wait in the same queue, himself included. */
  readonly totalWaiting: number;
  /** Whether as many agents are ready as customers wait up to him. */
  readonly isAgentReady: boolean;
}

/** The reply to `check-queue-position`: numbers as strings, and the one boolean of the API. */
export const queuePositionReply = ({ position, etaS, totalWaiting, isAgentReady }: QueuePosition): string =>
  `{"_position":"${position}","_eta":"${etaS}","_total_waiting":"${totalWaiting}","_agent_ready_threshold_passed":${isAgentReady}}`;

/** The body of every error that has one. */
export const errorReply = (message: string, exception: string): string => JSON.stringify({ message, exception });
