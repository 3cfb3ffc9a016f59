import type { ServiceChanged } from '@app/broker';
import {
  type Agent,
  BEFORE_FIRST,
  compareEntryIds,
  createRobotAgent,
  DomainError,
  type EntryId,
  type RobotAgent,
  type RobotState,
  type RobotStep,
} from '@app/domain';
import type { Clock } from '@app/event-store';
import { LRUCache } from 'lru-cache';
import type { ServiceRepository } from '@app/runtime';

/** What the robot has seen of one service. */
interface Followed {
  readonly state: RobotState;
  readonly last: EntryId;
}

/**
 * The robot agent at work: folds what is new in a service and takes the steps that follow, each as an agent's commands
 * with an id of its own. So a step that a dead worker had taken is not taken again, however often it is looked at.
 */
export class Robot {
  private readonly agent: RobotAgent;
  /** Services of which everything up to `last` has been answered. */
  private readonly settled: LRUCache<string, Followed>;

  constructor(
    private readonly repository: Pick<ServiceRepository, 'events' | 'execute'>,
    agent: Agent,
    private readonly clock: Clock,
    cacheEntries: number,
  ) {
    this.agent = createRobotAgent(agent);
    this.settled = new LRUCache({ max: cacheEntries });
  }

  /** @throws StoreUnavailableError when it could not do all that there was to do */
  async follow({ serviceId, position, n }: ServiceChanged): Promise<void> {
    const before = this.settled.get(serviceId) ?? { state: this.agent.initialState(), last: BEFORE_FIRST };
    // Most changes are the robot's own, and it has seen them.
    if (compareEntryIds({ position, n }, before.last) <= 0) return;
    let followed = await this.readOn(serviceId, before);
    for (;;) {
      const step = this.agent.decide(followed.state, this.clock.nowMs());
      if (step === undefined || !(await this.take(serviceId, step))) break;
      const after = await this.readOn(serviceId, followed);
      // A step of which nothing came is not taken for ever.
      if (compareEntryIds(after.last, followed.last) === 0) break;
      followed = after;
    }
    this.settled.set(serviceId, followed);
  }

  private async readOn(serviceId: string, { state, last }: Followed): Promise<Followed> {
    const events = await this.repository.events(serviceId, last);
    return { state: events.reduce(this.agent.evolve, state), last: events.at(-1) ?? last };
  }

  /** @returns false when the rules refuse it: the chat ended, or the service is gone */
  private async take(serviceId: string, { commandId, commands }: RobotStep): Promise<boolean> {
    try {
      await this.repository.execute(serviceId, { commandId, commands: () => commands });
      return true;
    } catch (error) {
      if (error instanceof DomainError) return false;
      throw error;
    }
  }
}
