import {
  type ChatState,
  type EntryId,
  formatEntryId,
  type OpenService,
  type Participant,
  pokeRefusal,
  type Routing,
  type ServiceState,
  type TextMap,
} from '@app/domain';

export interface AgentName {
  readonly agentId: string;
  readonly nickname: string;
}

/** Where a chat stands: before its start, going on, over; `gone` when its service never had one and is no more. */
export type ChatPhase = 'waiting' | 'live' | 'ended' | 'gone';

/** A service and its chat as the Agent API shows them. Times are ISO 8601 in UTC. */
export interface ChatView {
  readonly serviceId: string;
  readonly name: string;
  readonly kind: OpenService['kind'];
  readonly state: ChatPhase;
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
  readonly routing: { readonly purpose: string; readonly phase: string; readonly agentId?: string } | null;
  readonly canPoke: boolean;
  readonly isCustomerAway: boolean;
  /** Since when the customer waits for an answer; null while it is his turn. */
  readonly waitingSince: string | null;
  readonly disposition: ChatState['disposition'];
  readonly position: number;
  readonly lastId: string;
}

export const isoTime = (atMs: number): string => new Date(atMs).toISOString();

export const isoOrNull = (atMs: number | null | undefined): string | null =>
  atMs === null || atMs === undefined ? null : isoTime(atMs);

export const agentNames = (participants: readonly Participant[] = []): readonly AgentName[] =>
  participants.map(({ participantId: agentId, nickname }) => ({ agentId, nickname }));

/** The service behind a state, also when it has expired or was dropped: agents still see what was said. */
export const serviceOf = (state: ServiceState): OpenService | undefined => {
  if (state.status === 'absent') return undefined;
  return state.status === 'open' ? state : state.was;
};

const routingView = (routing: Routing | null): ChatView['routing'] => {
  if (routing === null) return null;
  const { purpose, phase } = routing;
  return phase === 'waiting' ? { purpose, phase } : { purpose, phase, agentId: routing.held.agentId };
};

export const phaseOf = (state: ServiceState): ChatPhase => {
  const chat = serviceOf(state)?.chat;
  if (!chat) return state.status === 'open' ? 'waiting' : 'gone';
  return chat.ended === null && state.status === 'open' ? 'live' : 'ended';
};

/** @param last - the last event of the state */
export const chatView = (serviceId: string, state: ServiceState, last: EntryId): ChatView | undefined => {
  const service = serviceOf(state);
  if (service === undefined) return undefined;
  const { name, kind, chat, user, requestedAtMs, businessData, routing } = service;
  const phase = phaseOf(state);
  return {
    ...{ serviceId, name, kind, state: phase, businessData },
    nickname: chat?.nickname ?? null,
    user: user ?? null,
    requestedAt: isoTime(requestedAtMs),
    startedAt: isoOrNull(chat?.startedAtMs),
    endedAt: isoOrNull(chat?.ended?.atMs),
    endReason: chat?.ended?.reason ?? null,
    attachedData: chat?.attachedData ?? {},
    participants: agentNames(chat?.agents),
    monitors: agentNames(chat?.monitors),
    typing: Object.keys(chat?.typingSinceMs ?? {}),
    routing: phase === 'live' || phase === 'waiting' ? routingView(routing) : null,
    canPoke: state.status === 'open' && pokeRefusal(service) === undefined,
    isCustomerAway: chat !== null && chat.away !== null,
    waitingSince: isoOrNull(chat?.waitingSinceMs),
    disposition: chat?.disposition ?? null,
    position: last.position,
    lastId: formatEntryId(last),
  };
};
