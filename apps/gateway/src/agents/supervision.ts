import type { Clock } from '@app/event-store';
import { agentStreamOf } from '@app/domain';
import type { RoutingTable } from '@app/routing';
import type { AgentRepository, ServiceRepository } from '@app/runtime';
import { type AgentName, agentNames, isoOrNull, isoTime, phaseOf, serviceOf } from './chat-view.js';

/** A chat in the list of those that go on. */
export interface LiveChat {
  readonly serviceId: string;
  readonly name: string;
  readonly nickname: string | null;
  readonly state: 'waiting' | 'live';
  readonly requestedAt: string;
  readonly startedAt: string | null;
  readonly agents: readonly AgentName[];
  readonly isCustomerAway: boolean;
  readonly waitingSince: string | null;
  /** Of the customer. */
  readonly messages: number;
}

export interface QueueView {
  readonly requirement: string;
  readonly waiting: number;
  readonly longestWaitS: number;
  readonly agentsReady: number;
}

export interface SeatView {
  readonly id: string;
  readonly nickname: string;
  readonly presence: string;
  readonly reason: string | null;
  readonly since: string | null;
  readonly skills: Readonly<Record<string, number>>;
  readonly capacity: number;
  readonly chats: number;
}

export interface SupervisionOptions {
  readonly services: ServiceRepository;
  readonly agents: AgentRepository;
  readonly table: Pick<RoutingTable, 'survey'>;
  readonly clock: Clock;
}

/** Services that a look at queues and agents needs: none. */
const NO_SERVICES = 0;

/** What goes on, for those who watch over it. */
export class Supervision {
  constructor(private readonly options: SupervisionOptions) {}

  async chats(limit: number): Promise<{ readonly chats: readonly LiveChat[]; readonly hasMore: boolean }> {
    const { serviceIds } = await this.options.table.survey(limit + 1);
    const views = await Promise.all(serviceIds.slice(0, limit).map((id) => this.options.services.view(id)));
    const chats = views.flatMap((view, index): LiveChat[] => {
      if (view === undefined) return [];
      const state = phaseOf(view.state);
      const service = serviceOf(view.state);
      if (service === undefined || (state !== 'live' && state !== 'waiting')) return [];
      const { name, requestedAtMs, chat } = service;
      return [
        {
          ...{ serviceId: serviceIds[index] ?? '', name, state },
          nickname: chat?.nickname ?? null,
          requestedAt: isoTime(requestedAtMs),
          startedAt: isoOrNull(chat?.startedAtMs),
          agents: agentNames(chat?.agents),
          isCustomerAway: chat !== null && chat.away !== null,
          waitingSince: isoOrNull(chat?.waitingSinceMs),
          messages: chat?.customerMessages ?? 0,
        },
      ];
    });
    return { chats, hasMore: serviceIds.length > limit };
  }

  async queues(): Promise<readonly QueueView[]> {
    const { queues } = await this.options.table.survey(NO_SERVICES);
    const nowMs = this.options.clock.nowMs();
    return queues
      .map(({ requirement, waiting, sinceMs, agentsReady }) => ({
        ...{ requirement, waiting, agentsReady },
        longestWaitS: sinceMs === undefined ? 0 : Math.max(0, Math.floor((nowMs - sinceMs) / 1_000)),
      }))
      .sort((a, b) => b.waiting - a.waiting || (a.requirement < b.requirement ? -1 : 1));
  }

  async agents(): Promise<readonly SeatView[]> {
    const { agents } = await this.options.table.survey(NO_SERVICES);
    const views = await Promise.all(agents.map(({ agentId }) => this.options.agents.view(agentStreamOf(agentId))));
    return agents
      .map(({ agentId: id, nickname, load: chats, capacity }, index): SeatView => {
        const state = views[index]?.state;
        const known = state?.status === 'known' ? state : undefined;
        return {
          ...{ id, nickname, chats, capacity },
          presence: known?.presence ?? 'signed-out',
          reason: known?.reason ?? null,
          since: isoOrNull(known?.presentSinceMs),
          skills: known?.skills ?? {},
        };
      })
      .sort((a, b) => (a.nickname < b.nickname ? -1 : 1));
  }
}
