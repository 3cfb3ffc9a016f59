import type { EntryId } from '../recorded.js';
import type { RoutingNeed } from '../routing/routing-need.js';
import type { LogicEffect } from './logic-effect.js';
import type { ChatStarted, PushFailure, ServiceRequested, TextMap } from './service-event.js';
import type { DeadlineKind } from './deadline.js';

/** Who acts: the customer, or an agent by id and nickname. */
export type Actor = 'customer' | Agent;

export interface Agent {
  readonly agentId: string;
  readonly nickname: string;
}

type WithoutType<T> = Omit<T, 'type'>;

export type RequestService = { readonly type: 'RequestService' } & WithoutType<ServiceRequested>;
export type StartChat = {
  readonly type: 'StartChat';
  /** What a basic service needs of an agent; none is looked for without it. */
  readonly need?: RoutingNeed;
} & WithoutType<ChatStarted>;

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
  | { readonly type: 'SendNotice'; readonly by: Agent; readonly text: string }
  /** The transferring agent leaves when the other one joins. */
  | { readonly type: 'Transfer'; readonly by: Agent; readonly need: RoutingNeed }
  | { readonly type: 'Conference'; readonly by: Agent; readonly need: RoutingNeed }
  /** Nobody is looked for any more to take the chat over or to join it. */
  | { readonly type: 'CancelRouting'; readonly by: Agent }
  | { readonly type: 'UpdateData'; readonly data: TextMap; readonly isOpen: boolean }
  /** A match of the routing. */
  | { readonly type: 'Reserve'; readonly agent: Agent; readonly token: string }
  | { readonly type: 'AcceptOffer'; readonly by: Agent; readonly token: string }
  | { readonly type: 'RejectOffer'; readonly by: Agent; readonly token: string }
  /** An agent who was reserved or asked is not there any more. */
  | { readonly type: 'LoseAgent'; readonly agentId: string; readonly token: string }
  /** What a service logic answered to an event. */
  | {
      readonly type: 'ApplyEffects';
      readonly cause: EntryId;
      readonly effects: readonly LogicEffect[];
      readonly atMs: number;
    }
  /** @throws DomainError POKE_UNAVAILABLE */
  | { readonly type: 'Poke'; readonly text?: string; readonly by?: string }
  /** What became of the push that an event asked for. */
  | {
      readonly type: 'RecordPush';
      readonly ref: EntryId;
      readonly channel: string;
      readonly failure?: PushFailure;
    }
  | { readonly type: 'GoAway' }
  | { readonly type: 'ComeBack' }
  | { readonly type: 'Whisper'; readonly by: Agent; readonly text: string }
  | { readonly type: 'StartMonitoring'; readonly by: Agent }
  | { readonly type: 'StopMonitoring'; readonly by: Agent }
  | { readonly type: 'SetDisposition'; readonly by: Agent; readonly code: string; readonly note?: string }
  | { readonly type: 'EndChat'; readonly by: Agent }
  | { readonly type: 'FailLogic'; readonly cause: EntryId; readonly reason: string }
  | { readonly type: 'Disconnect' }
  | { readonly type: 'MeetDeadline'; readonly kind: DeadlineKind; readonly atMs: number; readonly lastSeenMs: number }
  | { readonly type: 'DeleteService' };
