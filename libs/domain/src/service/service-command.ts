import type { ChatStarted, ServiceRequested } from './service-event.js';
import type { DeadlineKind } from './deadline.js';

/** Who acts: the customer, or an agent by id and nickname. */
export type Actor = 'customer' | Agent;

export interface Agent {
  readonly agentId: string;
  readonly nickname: string;
}

type WithoutType<T> = Omit<T, 'type'>;

export type RequestService = { readonly type: 'RequestService' } & WithoutType<ServiceRequested>;
export type StartChat = { readonly type: 'StartChat' } & WithoutType<ChatStarted>;

export type ServiceCommand =
  | RequestService
  | { readonly type: 'IdentifyOwner'; readonly user: string }
  | StartChat
  | { readonly type: 'SendMessage'; readonly by: Actor; readonly text: string; readonly atMs: number }
  | { readonly type: 'StartTyping'; readonly by: Actor; readonly atMs: number }
  | { readonly type: 'StopTyping'; readonly by: Actor }
  | { readonly type: 'Join'; readonly by: Agent }
  | { readonly type: 'Leave'; readonly by: Agent }
  | { readonly type: 'PushUrl'; readonly by: Agent; readonly url: string }
  | { readonly type: 'Disconnect' }
  | { readonly type: 'MeetDeadline'; readonly kind: DeadlineKind; readonly atMs: number; readonly lastSeenMs: number }
  | { readonly type: 'DeleteService' };
