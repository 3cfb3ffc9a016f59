import type { Skills } from '../routing/routing-need.js';
import type { OfferPhase } from './agent-event.js';

/** What a service says of an agent: he is held for it, he is in its chat, or it has nothing to do with him (any more). */
export type AgentPart =
  | { readonly part: 'held'; readonly token: string; readonly phase: OfferPhase; readonly untilMs: number }
  | { readonly part: 'in-chat' }
  | { readonly part: 'none' };

export type AgentCommand =
  | {
      readonly type: 'SignIn';
      readonly nickname: string;
      readonly skills: Skills;
      readonly capacity: number;
      readonly isFallback?: boolean;
    }
  | { readonly type: 'GoReady' }
  | { readonly type: 'GoNotReady'; readonly reason: string }
  | { readonly type: 'MarkAway' }
  | { readonly type: 'SignOut' }
  /** He did not answer: no further chat is offered until he says that he is there. */
  | { readonly type: 'MissOffer'; readonly token: string }
  /** @see OpenService.agentsAsOf */
  | ({ readonly type: 'NoteService'; readonly serviceId: string; readonly asOf: number } & AgentPart);
