import { ordinalOf, type Recorded } from '../recorded.js';
import type { RoutingNeed } from '../routing/routing-need.js';
import type { RoutingPurpose, ServiceEvent, ServiceTimeouts } from './service-event.js';

/** An agent who is held for a customer. */
export interface HeldAgent {
  readonly agentId: string;
  readonly nickname: string;
  /** Of the match that it came from. */
  readonly token: string;
  /** He is free again then, in store time. */
  readonly untilMs: number;
}

/** A service that looks for an agent. */
interface Sought {
  readonly need: RoutingNeed;
  readonly purpose: RoutingPurpose;
  /** The agent who asked for it. */
  readonly by?: string;
  /** Since when it waits, in store time; an agent who was not there costs nobody his place. */
  readonly sinceMs: number;
  /** Tells searches of a service apart; a later one has the greater number. */
  readonly attempt: number;
  /** Agents who did not take it, until they are asked again. */
  readonly excluded: readonly string[];
  readonly refusedAtMs: number;
  /** The last offer that nobody took up. */
  readonly missed?: { readonly agentId: string; readonly token: string };
}

/** `waiting` for an agent; `reserved`: one waits for the customer's chat; `offered`: one is asked to take the chat. */
export type Routing =
  | ({ readonly phase: 'waiting' } & Sought)
  | ({ readonly phase: 'reserved' | 'offered'; readonly held: HeldAgent } & Sought);

const soughtOf = ({ need, purpose, by, sinceMs, attempt, excluded, refusedAtMs, missed }: Routing): Sought => ({
  ...{ need, purpose, sinceMs, attempt, excluded, refusedAtMs },
  ...(missed === undefined ? {} : { missed }),
  ...(by === undefined ? {} : { by }),
});

/** Folds one event into what a service wants of the routing. */
export const evolveRouting = (
  routing: Routing | null,
  recorded: Recorded<ServiceEvent>,
  { reservationS, answerS }: Required<Pick<ServiceTimeouts, 'reservationS' | 'answerS'>>,
): Routing | null => {
  const { event, atMs } = recorded;
  const attempt = ordinalOf(recorded);
  if (event.type === 'RoutingRequested') {
    const { need, purpose, by } = event;
    return {
      ...{ phase: 'waiting', need, purpose, sinceMs: atMs, attempt, excluded: [], refusedAtMs: 0 },
      ...(by === undefined ? {} : { by }),
    };
  }
  if (routing === null) return null;
  switch (event.type) {
    case 'RoutingCancelled':
    case 'ReservationEnded':
    case 'ChatEnded':
      return null;
    case 'AgentReserved':
    case 'AgentOffered': {
      const { agentId, nickname, token } = event;
      const [phase, forS] =
        event.type === 'AgentOffered' ? (['offered', answerS] as const) : (['reserved', reservationS] as const);
      return { phase, ...soughtOf(routing), held: { agentId, nickname, token, untilMs: atMs + forS * 1_000 } };
    }
    case 'OfferEnded':
      return {
        phase: 'waiting',
        ...soughtOf(routing),
        attempt,
        excluded: [...routing.excluded, event.agentId],
        refusedAtMs: atMs,
        ...(event.reason === 'no-answer' ? { missed: { agentId: event.agentId, token: event.token } } : {}),
      };
    case 'ExclusionsLifted':
      return { ...routing, excluded: [] };
    case 'ParticipantJoined':
      // Whoever it is: the customer has somebody to talk to. A second agent has to be the one who was asked.
      if (routing.purpose === 'chat') return null;
      return routing.phase !== 'waiting' && routing.held.agentId === event.participantId ? null : routing;
    default:
      return routing;
  }
};
