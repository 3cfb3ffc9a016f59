import {
  type AgentCommand,
  agentStreamOf,
  type AgentState,
  BEFORE_FIRST,
  type EntryId,
  formatEntryId,
} from '@app/domain';
import { agentUserOf, type Clock } from '@app/event-store';
import type { UserChats } from '@app/delivery';
import type { AgentProfile } from '@app/identity';
import type { RoutingTable } from '@app/routing';
import type { AgentRepository } from '@app/runtime';
import { newCommandId } from '../service/command-id.js';
import { isoOrNull, isoTime } from './chat-view.js';

export interface OfferView {
  readonly serviceId: string;
  readonly token: string;
  readonly phase: 'reserved' | 'offered';
  readonly until: string;
}

/** An agent as he sees himself. */
export interface MeView {
  readonly agent: Pick<AgentProfile, 'id' | 'nickname' | 'role' | 'skills' | 'capacity'>;
  readonly presence: 'ready' | 'not-ready' | 'away' | 'signed-out';
  readonly reason: string | null;
  readonly since: string | null;
  readonly offers: readonly OfferView[];
  /** Ids of the services whose chats he is in. */
  readonly chats: readonly string[];
  readonly lastId: string;
  readonly serverTime: string;
}

export interface AgentDeskOptions {
  readonly agents: AgentRepository;
  readonly table: Pick<RoutingTable, 'beat'>;
  readonly delivery: Pick<UserChats, 'bind'>;
  readonly clock: Clock;
}

/** An agent at his desk: there or not, ready or not. */
export class AgentDesk {
  constructor(private readonly options: AgentDeskOptions) {}

  async me(profile: AgentProfile): Promise<MeView> {
    const view = await this.options.agents.view(agentStreamOf(profile.id));
    return this.meView(profile, view?.state ?? { status: 'absent' }, view?.last ?? BEFORE_FIRST);
  }

  /** Signs in as the token says: nobody gives himself skills. Doing it again is harmless. */
  async signIn(profile: AgentProfile, key: string | undefined): Promise<MeView> {
    const { id, nickname, skills, capacity, isFallback } = profile;
    const { delivery } = this.options;
    // First what makes him reachable, then what makes him known.
    await this.beat(id);
    await delivery.bind(agentStreamOf(id), agentUserOf(id));
    return this.command(profile, { type: 'SignIn', nickname, skills, capacity, isFallback }, key);
  }

  async command(profile: AgentProfile, command: AgentCommand, key: string | undefined): Promise<MeView> {
    if (command.type === 'GoReady') await this.beat(profile.id);
    await this.options.agents.execute(agentStreamOf(profile.id), {
      commandId: key === undefined ? newCommandId() : `k:${key}`,
      commands: () => [command],
    });
    return this.me(profile);
  }

  /** Says that the agent is there. */
  async heartbeat({ id }: AgentProfile): Promise<{ readonly serverTime: string }> {
    await this.beat(id);
    return { serverTime: isoTime(this.options.clock.nowMs()) };
  }

  async state(agentId: string): Promise<AgentState> {
    return (await this.options.agents.view(agentStreamOf(agentId)))?.state ?? { status: 'absent' };
  }

  private beat(agentId: string): Promise<void> {
    return this.options.table.beat([agentId], this.options.clock.nowMs());
  }

  private meView(profile: AgentProfile, state: AgentState, last: EntryId): MeView {
    const { id, nickname, role, skills, capacity } = profile;
    const known = state.status === 'known' ? state : undefined;
    return {
      agent: { id, nickname, role, skills, capacity },
      presence: known?.presence ?? 'signed-out',
      reason: known?.reason ?? null,
      since: isoOrNull(known?.presentSinceMs),
      offers: (known?.offers ?? []).map(({ serviceId, token, phase, untilMs }) => ({
        ...{ serviceId, token, phase, until: isoTime(untilMs) },
      })),
      chats: known?.chats ?? [],
      lastId: formatEntryId(last),
      serverTime: isoTime(this.options.clock.nowMs()),
    };
  }
}
