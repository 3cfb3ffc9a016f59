import type { Skills } from '../routing/routing-need.js';

/** How a chat came to an agent: for a customer who has not begun yet, or into a chat that goes on. */
export type OfferPhase = 'reserved' | 'offered';

/** Why an offer is closed. */
export type OfferEnd = 'accepted' | 'rejected' | 'no-answer' | 'withdrawn';

export type AgentEvent =
  | {
      readonly type: 'AgentSignedIn';
      readonly nickname: string;
      readonly skills: Skills;
      /** Chats at once, those that are reserved or offered included. */
      readonly capacity: number;
      /** Gets chats only while no other agent who fits is ready. */
      readonly isFallback: boolean;
    }
  | { readonly type: 'AgentReady' }
  | { readonly type: 'AgentNotReady'; readonly reason: string }
  /** His heartbeats stopped. */
  | { readonly type: 'AgentAway' }
  | { readonly type: 'AgentSignedOut' }
  | {
      readonly type: 'ChatOffered';
      readonly serviceId: string;
      readonly token: string;
      readonly phase: OfferPhase;
      readonly untilMs: number;
      readonly asOf: number;
    }
  | {
      readonly type: 'OfferClosed';
      readonly serviceId: string;
      readonly token: string;
      readonly reason: OfferEnd;
      readonly asOf?: number;
    }
  /** `asOf` is how far the service's stream was known. */
  | { readonly type: 'ChatAssigned'; readonly serviceId: string; readonly asOf: number }
  | { readonly type: 'ChatReleased'; readonly serviceId: string; readonly asOf: number };
