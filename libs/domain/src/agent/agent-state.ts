import { ordinalOf, type Recorded } from '../recorded.js';
import type { Skills } from '../routing/routing-need.js';
import { type CommandMemory, NO_COMMANDS, rememberCommand } from '../service/command-record.js';
import type { AgentEvent, OfferPhase } from './agent-event.js';

export type Presence = 'ready' | 'not-ready' | 'away' | 'signed-out';

export interface Offer {
  readonly serviceId: string;
  readonly token: string;
  readonly phase: OfferPhase;
  readonly untilMs: number;
}

export interface KnownAgent {
  readonly status: 'known';
  readonly nickname: string;
  readonly skills: Skills;
  readonly capacity: number;
  readonly isFallback: boolean;
  readonly presence: Presence;
  /** Why he is not ready. */
  readonly reason: string | null;
  readonly presentSinceMs: number;
  readonly offers: readonly Offer[];
  /** Services whose chats he is in. */
  readonly chats: readonly string[];
  /** The last offers that he missed, by token: one is missed once. */
  readonly missed: readonly string[];
  /** How far the streams of the last services were known that said something of him. */
  readonly services: readonly { readonly serviceId: string; readonly asOf: number }[];
  /** Raised with every event that concerns whether he can take a chat. */
  readonly presenceAsOf: number;
  readonly commands: CommandMemory;
}

export type AgentState = { readonly status: 'absent' } | KnownAgent;

const MISSED_MAX = 16;
const SERVICES_MAX = 64;

const PRESENCE: ReadonlySet<AgentEvent['type']> = new Set([
  'AgentSignedIn',
  'AgentReady',
  'AgentNotReady',
  'AgentAway',
  'AgentSignedOut',
]);

const noteServices = (services: KnownAgent['services'], event: AgentEvent): KnownAgent['services'] => {
  if (!('serviceId' in event) || event.asOf === undefined) return services;
  const { serviceId, asOf } = event;
  return [...services.filter((known) => known.serviceId !== serviceId), { serviceId, asOf }].slice(-SERVICES_MAX);
};

const present = (presence: Presence, reason: string | null, presentSinceMs: number): Partial<KnownAgent> => ({
  ...{ presence, reason, presentSinceMs },
});

const change = (state: KnownAgent, { event, atMs }: Recorded<AgentEvent>): Partial<KnownAgent> => {
  switch (event.type) {
    case 'AgentSignedIn': {
      const { nickname, skills, capacity, isFallback } = event;
      return { nickname, skills, capacity, isFallback, ...present('not-ready', 'signed in', atMs) };
    }
    case 'AgentReady':
      return present('ready', null, atMs);
    case 'AgentNotReady':
      return present('not-ready', event.reason, atMs);
    case 'AgentAway':
      return present('away', null, atMs);
    case 'AgentSignedOut':
      return present('signed-out', null, atMs);
    case 'ChatOffered': {
      const { serviceId, token, phase, untilMs } = event;
      const others = state.offers.filter((offer) => offer.serviceId !== serviceId);
      return { offers: [...others, { serviceId, token, phase, untilMs }] };
    }
    case 'OfferClosed':
      return {
        offers: state.offers.filter(({ token }) => token !== event.token),
        missed: event.reason === 'no-answer' ? [...state.missed, event.token].slice(-MISSED_MAX) : state.missed,
      };
    case 'ChatAssigned':
      return { chats: [...state.chats, event.serviceId] };
    case 'ChatReleased':
      return { chats: state.chats.filter((serviceId) => serviceId !== event.serviceId) };
    // While versions change, a newer one may write what this one does not know.
    default:
      return {};
  }
};

const NOBODY: KnownAgent = {
  status: 'known',
  nickname: '',
  skills: {},
  capacity: 0,
  isFallback: false,
  presence: 'signed-out',
  reason: null,
  presentSinceMs: 0,
  offers: [],
  chats: [],
  missed: [],
  services: [],
  presenceAsOf: 0,
  commands: NO_COMMANDS,
};

/** Folds one event into the state of its agent. */
export const evolveAgent = (state: AgentState, recorded: Recorded<AgentEvent>): AgentState => {
  const known = state.status === 'absent' ? NOBODY : state;
  return {
    ...known,
    ...change(known, recorded),
    services: noteServices(known.services, recorded.event),
    presenceAsOf: PRESENCE.has(recorded.event.type) ? ordinalOf(recorded) : known.presenceAsOf,
    commands: rememberCommand(known.commands, recorded),
  };
};
