import { randomBytes } from 'node:crypto';
import {
  type AgentPart,
  agentPartsOf,
  agentsInChat,
  agentStreamOf,
  type AgentState,
  DomainError,
  type ServiceCommand,
  type ServiceState,
  TRANSIENT_PREFIX,
} from '@app/domain';
import type { UserChats } from '@app/delivery';
import { agentUserOf, type Clock } from '@app/event-store';
import type { AgentPlace, Match, RoutingTable, ServicePlace } from '@app/routing';
import { type AgentRepository, breakpoint, type ServiceRepository } from '@app/runtime';
import { LRUCache } from 'lru-cache';

/** After every event that a service can have. */
const THE_END = Number.MAX_SAFE_INTEGER;

/** Where the routing has to know a service, from its events alone. */
const placeOf = (state: ServiceState): ServicePlace => {
  if (state.status !== 'open') return { place: 'gone', asOf: THE_END };
  const { routing, agentsAsOf: asOf } = state;
  const inChat = agentsInChat(state);
  if (routing?.phase === 'waiting') {
    const { need, sinceMs, excluded } = routing;
    return { place: 'waiting', need, sinceMs, excluded: [...excluded, ...inChat], agentIds: inChat, asOf };
  }
  const agentIds = routing === null ? inChat : [...new Set([routing.held.agentId, ...inChat])];
  return agentIds.length === 0 ? { place: 'gone', asOf } : { place: 'assigned', agentIds, asOf };
};

const agentPlaceOf = (state: AgentState): AgentPlace | undefined => {
  if (state.status === 'absent' || state.presence === 'signed-out') return undefined;
  const { presence, nickname, skills, capacity, isFallback, presenceAsOf: asOf } = state;
  return { isReady: presence === 'ready', nickname, skills, capacity, isFallback, asOf };
};

/** What no agent's command does can be asked for again under this id. */
const onceId = (): string => `${TRANSIENT_PREFIX}${randomBytes(9).toString('base64url')}`;

/**
 * Keeps the routing table as the streams of services and agents have it, and turns its matches into events. The streams
 * are the truth: whatever is told twice, late or by two workers at once ends up the same.
 */
export class Router {
  /** What the agents of a service have been told of it. */
  private readonly told: LRUCache<string, string>;
  /** Where services that do not wait are in the table. */
  private readonly placed: LRUCache<string, string>;

  constructor(
    private readonly services: ServiceRepository,
    private readonly agents: AgentRepository,
    private readonly table: RoutingTable,
    /** Where agents hear of chats. */
    private readonly delivery: Pick<UserChats, 'bind' | 'unbind'>,
    private readonly clock: Clock,
    cacheEntries: number,
  ) {
    this.told = new LRUCache({ max: cacheEntries });
    this.placed = new LRUCache({ max: cacheEntries });
  }

  /** @throws StoreUnavailableError when it could not do all that there was to do */
  async placeService(serviceId: string, state: ServiceState): Promise<void> {
    const routing = state.status === 'open' ? state.routing : null;
    // Before the service is offered again: he would be the first to be asked.
    if (routing?.phase === 'waiting' && routing.missed !== undefined) {
      const { agentId, token } = routing.missed;
      await this.command(agentId, { type: 'MissOffer', token });
      breakpoint('offer-missed');
    }
    await this.tellAgents(serviceId, state);
    const place = placeOf(state);
    // Most events of a chat concern no agent, and most services are none of the routing's business yet.
    const text = place.place === 'waiting' || place.asOf === 0 ? '' : JSON.stringify(place);
    if (place.asOf === 0 || (text !== '' && this.placed.get(serviceId) === text)) return;
    await this.reserve(await this.table.placeService(serviceId, place, this.clock.nowMs()));
    this.placed.set(serviceId, text);
  }

  /** @throws StoreUnavailableError */
  async followAgent(agentId: string): Promise<void> {
    const state = (await this.agents.view(agentStreamOf(agentId)))?.state ?? { status: 'absent' };
    await this.placeAgent(agentId, state);
    if (state.status === 'absent' || (state.presence !== 'away' && state.presence !== 'signed-out')) return;
    for (const { serviceId, token } of state.offers) {
      const lost = await this.onService(serviceId, `lose:${token}`, { type: 'LoseAgent', agentId, token });
      await this.placeService(serviceId, lost);
    }
  }

  /** Turns matches into reservations, and whatever becomes possible by that. */
  async reserve(matches: readonly Match[]): Promise<void> {
    if (matches.length > 0) breakpoint('service-matched');
    for (const { serviceId, agentId, nickname, token } of matches) {
      const agent = { agentId, nickname };
      const state = await this.onService(serviceId, `match:${token}`, { type: 'Reserve', agent, token });
      breakpoint('match-reserved');
      await this.placeService(serviceId, state);
      const routing = state.status === 'open' ? state.routing : null;
      // Refused: the table has to let go of what it took for done.
      const isTaken = routing !== null && routing.phase !== 'waiting' && routing.held.token === token;
      if (!isTaken) await this.reserve(await this.table.refuse(serviceId, token, this.clock.nowMs()));
    }
  }

  /** Agents whose heartbeats stopped are away. */
  async markAway(agentIds: readonly string[]): Promise<void> {
    for (const agentId of agentIds) await this.command(agentId, { type: 'MarkAway' });
  }

  private async placeAgent(agentId: string, state: AgentState): Promise<void> {
    await this.reserve(await this.table.placeAgent(agentId, agentPlaceOf(state), this.clock.nowMs()));
  }

  private async tellAgents(serviceId: string, state: ServiceState): Promise<void> {
    const parts = agentPartsOf(state);
    if (parts.size === 0) return;
    const now = JSON.stringify([...parts]);
    if (this.told.get(serviceId) === now) return;
    const asOf = state.status === 'open' ? state.agentsAsOf : THE_END;
    for (const [agentId, part] of parts) {
      await this.deliver(serviceId, state, agentId, part);
      await this.note(agentId, serviceId, part, asOf);
    }
    breakpoint('agents-told');
    this.told.set(serviceId, now);
  }

  /** An agent hears of a chat while he is in it, and of its end. */
  private async deliver(serviceId: string, state: ServiceState, agentId: string, { part }: AgentPart): Promise<void> {
    const user = agentUserOf(agentId);
    if (part === 'in-chat') {
      await this.delivery.bind(serviceId, user);
      return;
    }
    const chat = state.status === 'open' ? state.chat : null;
    if (chat?.ended !== null || chat.monitors.some(({ participantId }) => participantId === agentId)) return;
    await this.delivery.unbind(serviceId, user);
  }

  private async note(agentId: string, serviceId: string, part: AgentPart, asOf: number): Promise<void> {
    await this.agents.execute(agentStreamOf(agentId), {
      commandId: onceId(),
      commands: () => [{ type: 'NoteService', serviceId, asOf, ...part }],
    });
  }

  private async command(
    agentId: string,
    command: { readonly type: 'MissOffer'; readonly token: string } | { readonly type: 'MarkAway' },
  ): Promise<void> {
    try {
      const { state, kind } = await this.agents.execute(agentStreamOf(agentId), {
        commandId: onceId(),
        commands: () => [command],
      });
      if (kind === 'appended') await this.placeAgent(agentId, state);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private async onService(serviceId: string, commandId: string, command: ServiceCommand): Promise<ServiceState> {
    try {
      return (await this.services.execute(serviceId, { commandId, commands: () => [command] })).state;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { status: 'absent' };
    }
  }
}
