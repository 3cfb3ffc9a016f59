import { deadlinesOf } from '@app/domain';
import type { ServiceRepository } from '@app/runtime';
import type { DeadlineWatch } from '../deadlines/deadline-watch.js';
import type { HistoryKeeper } from '../history/history-keeper.js';
import type { PushDispatch } from '../push/push-dispatch.js';
import type { Router } from '../routing/router.js';
import type { Webhooks } from '../webhooks/webhooks.js';
import type { Orchestrator } from './orchestrator.js';

export interface OrchestrationOptions {
  readonly services: Pick<ServiceRepository, 'view'>;
  readonly orchestrator: Orchestrator;
  readonly router: Router;
  readonly watch: DeadlineWatch;
  readonly history: HistoryKeeper;
  readonly pushes: PushDispatch;
  /** Undefined: nobody outside wants to know. */
  readonly webhooks: Webhooks | undefined;
}

/**
 * What follows from a change, in order: what the logic says, then who is looked for, then what has to ring, then what
 * leaves for devices and servers of others.
 */
export class Orchestration {
  constructor(private readonly options: OrchestrationOptions) {}

  /** @throws StoreUnavailableError, LogicError */
  async followService(serviceId: string): Promise<void> {
    const { services, orchestrator, router, watch, history, pushes, webhooks } = this.options;
    const view = await services.view(serviceId);
    const seen = view?.state ?? ({ status: 'absent' } as const);
    const isAdvanced = seen.status === 'open' && seen.kind === 'advanced';
    const state = (isAdvanced ? await orchestrator.follow(serviceId) : undefined) ?? seen;
    await router.placeService(serviceId, state);
    await watch.arm(serviceId, deadlinesOf(state, view?.lastSeenMs ?? 0));
    await history.follow(serviceId, state);
    await pushes.follow(serviceId, state);
    await webhooks?.follow(serviceId);
  }

  followAgent(agentId: string): Promise<void> {
    return this.options.router.followAgent(agentId);
  }
}
