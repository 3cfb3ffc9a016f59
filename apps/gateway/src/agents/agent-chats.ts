import {
  type Agent,
  agentStreamOf,
  BEFORE_FIRST,
  compareEntryIds,
  DomainError,
  type EntryId,
  evolveService,
  formatEntryId,
  type OpenService,
  type RoutingNeed,
  SYSTEM_EVENTS,
  type ServiceCommand,
  type ServiceState,
} from '@app/domain';
import { agentUserOf, isServiceId } from '@app/event-store';
import type { UserChats } from '@app/delivery';
import { type AgentProfile, includesRole } from '@app/identity';
import type { AgentRepository, ServiceRepository } from '@app/runtime';
import { type AgentEventView, agentEventView } from '@app/wire';
import { newCommandId } from '../service/command-id.js';
import { AccessError } from '../errors/access-error.js';
import { type ChatView, chatView, isoOrNull, isoTime, serviceOf } from './chat-view.js';

export interface EventsPage {
  readonly events: readonly AgentEventView[];
  /** The last event that was looked at: where the next page begins. */
  readonly lastId: string;
  readonly hasMore: boolean;
}

/** An earlier chat of the same user. */
export interface EarlierChat {
  readonly serviceId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly nickname: string;
  readonly agents: readonly string[];
  readonly messages: number;
  readonly disposition: ChatView['disposition'];
}

/** Where an agent's event stands. */
export interface Placed {
  readonly id: string;
  readonly position: number;
}

/** The services of a user whose chats have begun. */
export interface EarlierServices {
  /** Newest first. */
  list(user: string, count: number): Promise<readonly { readonly serviceId: string }[]>;
}

export interface AgentChatsOptions {
  readonly services: ServiceRepository;
  readonly agents: AgentRepository;
  readonly delivery: Pick<UserChats, 'bind' | 'unbind'>;
  readonly history: EarlierServices;
}

/** Earlier chats that are shown. */
const HISTORY_MAX = 20;
const HIDDEN: ReadonlySet<string> = new Set(SYSTEM_EVENTS);

const unknownChat = (): DomainError =>
  new DomainError('SERVICE_NOT_FOUND', 'no service has this id: it was never created, or it is forgotten');

const asAgent = ({ id: agentId, nickname }: AgentProfile): Agent => ({ agentId, nickname });

const isHeld = ({ routing }: OpenService, agentId: string): boolean =>
  routing !== null && routing.phase !== 'waiting' && routing.held.agentId === agentId;

/** Chats as agents see and touch them: their own, and for supervisors all. */
export class AgentChats {
  constructor(private readonly options: AgentChatsOptions) {}

  /** @throws DomainError SERVICE_NOT_FOUND; AccessError */
  async chat(profile: AgentProfile, serviceId: string): Promise<ChatView> {
    const { state, last } = await this.view(serviceId);
    await this.checkSees(profile, state);
    return shown(serviceId, state, last);
  }

  /** A chat as it was after one of its events. */
  async chatAt(profile: AgentProfile, serviceId: string, at: EntryId): Promise<ChatView> {
    await this.checkSees(profile, (await this.view(serviceId)).state);
    const events = await this.options.services.events(serviceId, BEFORE_FIRST);
    const past = events.filter((recorded) => compareEntryIds(recorded, at) <= 0);
    const state = past.reduce<ServiceState>(evolveService, { status: 'absent' });
    return shown(serviceId, state, past.at(-1) ?? BEFORE_FIRST);
  }

  /** @param isAll - the server's own events, too */
  async events(
    profile: AgentProfile,
    serviceId: string,
    { after, limit, isAll }: { readonly after: EntryId; readonly limit: number; readonly isAll: boolean },
  ): Promise<EventsPage> {
    await this.checkSees(profile, (await this.view(serviceId)).state);
    if (isAll && !includesRole(profile.role, 'supervisor')) {
      throw new AccessError('all: expected the role supervisor or more');
    }
    const found = await this.options.services.events(serviceId, after, limit + 1);
    const page = found.slice(0, limit);
    return {
      events: page.filter(({ event }) => isAll || !HIDDEN.has(event.type)).map(agentEventView),
      lastId: formatEntryId(page.at(-1) ?? after),
      hasMore: found.length > limit,
    };
  }

  /** Earlier chats of the same user, newest first. */
  async history(profile: AgentProfile, serviceId: string): Promise<readonly EarlierChat[]> {
    const { state } = await this.view(serviceId);
    await this.checkSees(profile, state);
    const user = serviceOf(state)?.user;
    if (user === undefined) return [];
    const listed = await this.options.history.list(user, HISTORY_MAX + 1);
    const others = listed.map((entry) => entry.serviceId).filter((id) => id !== serviceId);
    const views = await Promise.all(others.slice(0, HISTORY_MAX).map((id) => this.options.services.view(id)));
    return views.flatMap((view, index) => earlierChat(others[index] ?? '', view?.state) ?? []);
  }

  /** Takes an offer up. @throws DomainError OFFER_GONE, AGENT_AT_CAPACITY */
  async accept(profile: AgentProfile, serviceId: string, token: string): Promise<ChatView> {
    const seat = (await this.options.agents.view(agentStreamOf(profile.id)))?.state;
    const others = seat?.status === 'known' ? seat.chats.filter((id) => id !== serviceId) : [];
    if (others.length >= profile.capacity) {
      throw new DomainError('AGENT_AT_CAPACITY', `expected at most ${profile.capacity} chats at once`);
    }
    await this.execute(serviceId, { type: 'AcceptOffer', by: asAgent(profile), token }, newCommandId());
    // The worker does the same; here it saves the agent the wait.
    await this.options.delivery.bind(serviceId, agentUserOf(profile.id));
    return this.chat(profile, serviceId);
  }

  /** A supervisor takes part. */
  async join(profile: AgentProfile, serviceId: string, key: string | undefined): Promise<ChatView> {
    await this.execute(serviceId, { type: 'Join', by: asAgent(profile) }, commandIdOf(profile, key));
    await this.options.delivery.bind(serviceId, agentUserOf(profile.id));
    return this.chat(profile, serviceId);
  }

  async monitor(profile: AgentProfile, serviceId: string): Promise<ChatView> {
    await this.execute(serviceId, { type: 'StartMonitoring', by: asAgent(profile) }, newCommandId());
    await this.options.delivery.bind(serviceId, agentUserOf(profile.id));
    return this.chat(profile, serviceId);
  }

  async stopMonitoring(profile: AgentProfile, serviceId: string): Promise<void> {
    const outcome = await this.execute(serviceId, { type: 'StopMonitoring', by: asAgent(profile) }, newCommandId());
    const isIn = serviceOf(outcome.state)?.chat?.agents.some(({ participantId }) => participantId === profile.id);
    if (isIn !== true) await this.options.delivery.unbind(serviceId, agentUserOf(profile.id));
  }

  /** Has the customer's device told. An agent pokes the customers of his own chats. @throws DomainError POKE_UNAVAILABLE */
  async poke(
    profile: AgentProfile,
    serviceId: string,
    text: string | undefined,
    key: string | undefined,
  ): Promise<void> {
    const { state } = await this.view(serviceId);
    const isIn = serviceOf(state)?.chat?.agents.some(({ participantId }) => participantId === profile.id) === true;
    if (!isIn && !includesRole(profile.role, 'supervisor')) {
      throw new DomainError('NOT_A_PARTICIPANT', 'the agent is not in this chat');
    }
    const more = text === undefined ? {} : { text };
    await this.act(profile, serviceId, ({ agentId: by }) => ({ type: 'Poke', by, ...more }), key);
  }

  /** Has another agent take the chat over or join it. @throws DomainError AGENT_UNKNOWN, AGENT_NOT_SIGNED_IN */
  async seek(
    profile: AgentProfile,
    serviceId: string,
    type: 'Transfer' | 'Conference',
    {
      agentId,
      skills,
    }: { readonly agentId: string | undefined; readonly skills: RoutingNeed['stages'][0]['skills'] | undefined },
    key: string | undefined,
  ): Promise<void> {
    if (agentId !== undefined) await this.checkSeated(agentId);
    const need: RoutingNeed = {
      stages: [{ afterS: 0, skills: agentId === undefined ? (skills ?? {}) : {} }],
      priority: 0,
      ...(agentId === undefined ? {} : { agentId }),
    };
    await this.act(profile, serviceId, (by) => ({ type, by, need }), key);
  }

  /** Carries an agent's command out, once for each key. */
  async act(
    profile: AgentProfile,
    serviceId: string,
    command: (by: Agent, nowMs: number) => ServiceCommand,
    key: string | undefined,
  ): Promise<Placed> {
    if (!isServiceId(serviceId)) throw unknownChat();
    const outcome = await this.options.services.execute(serviceId, {
      commandId: commandIdOf(profile, key),
      commands: (_, nowMs) => [command(asAgent(profile), nowMs)],
    });
    return { id: `${outcome.to}-0`, position: outcome.to };
  }

  private execute(serviceId: string, command: ServiceCommand, commandId: string) {
    if (!isServiceId(serviceId)) throw unknownChat();
    return this.options.services.execute(serviceId, { commandId, commands: () => [command] });
  }

  private async view(serviceId: string): Promise<{ readonly state: ServiceState; readonly last: EntryId }> {
    if (!isServiceId(serviceId)) throw unknownChat();
    const view = await this.options.services.view(serviceId);
    if (view === undefined) throw unknownChat();
    return view;
  }

  /** An agent sees his own chats, those that he is offered, and the earlier ones of a customer whom he talks to. */
  private async checkSees({ id, role }: AgentProfile, state: ServiceState): Promise<void> {
    const service = serviceOf(state);
    if (service === undefined) throw unknownChat();
    if (includesRole(role, 'supervisor') || service.involved.includes(id) || isHeld(service, id)) return;
    if (service.user !== undefined && (await this.talksTo(id, service.user))) return;
    throw new AccessError('this chat is not assigned to the agent');
  }

  private async talksTo(agentId: string, user: string): Promise<boolean> {
    const seat = (await this.options.agents.view(agentStreamOf(agentId)))?.state;
    if (seat?.status !== 'known') return false;
    const views = await Promise.all(seat.chats.map((id) => this.options.services.view(id)));
    return views.some((view) => view !== undefined && serviceOf(view.state)?.user === user);
  }

  private async checkSeated(agentId: string): Promise<void> {
    const seat = (await this.options.agents.view(agentStreamOf(agentId)))?.state;
    if (seat?.status !== 'known') {
      throw new DomainError('AGENT_UNKNOWN', 'agentId: no agent of this id has ever signed in');
    }
    if (seat.presence !== 'signed-out') return;
    throw new DomainError('AGENT_NOT_SIGNED_IN', 'agentId: this agent has signed out');
  }
}

const commandIdOf = ({ id }: AgentProfile, key: string | undefined): string =>
  key === undefined ? newCommandId() : `a:${id}:${key}`;

const shown = (serviceId: string, state: ServiceState, last: EntryId): ChatView => {
  const view = chatView(serviceId, state, last);
  if (view === undefined) throw unknownChat();
  return view;
};

const earlierChat = (serviceId: string, state: ServiceState | undefined): EarlierChat | undefined => {
  const service = state === undefined ? undefined : serviceOf(state);
  if (!service?.chat) return undefined;
  const { name, chat, involved } = service;
  return {
    ...{ serviceId, name, nickname: chat.nickname, disposition: chat.disposition },
    startedAt: isoTime(chat.startedAtMs),
    endedAt: isoOrNull(chat.ended?.atMs),
    agents: involved,
    messages: chat.customerMessages,
  };
};
