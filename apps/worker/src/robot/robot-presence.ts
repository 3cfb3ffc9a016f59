import { reportFailure } from '@app/broker';
import { type Agent, agentStreamOf, TRANSIENT_PREFIX } from '@app/domain';
import type { Clock } from '@app/event-store';
import type { Logger } from '@app/observability';
import type { RoutingTable } from '@app/routing';
import type { AgentRepository } from '@app/runtime';
import { RepeatedWork } from '../repeated-work.js';

/** How often the robot says that it is there, in milliseconds. */
const BEAT_MS = 5_000;
/** It has time for everybody. */
const CAPACITY = 10_000;
/** The one skill that it has. */
const SKILLS = { demo: 1 };

/** The robot agent's seat: it signs in like any other agent, but gets only the chats for which there is nobody else. */
export class RobotPresence {
  private readonly work = new RepeatedWork(BEAT_MS, () => this.beat());

  constructor(
    private readonly agents: AgentRepository,
    private readonly table: Pick<RoutingTable, 'beat'>,
    private readonly agent: Agent,
    private readonly clock: Clock,
    private readonly logger: Pick<Logger, 'debug'>,
  ) {}

  start(): void {
    void this.beat();
    this.work.start();
  }

  stop(): Promise<void> {
    return this.work.stop();
  }

  /** Several workers may have the robot: it is one agent, and signing in again says nothing new. */
  private async beat(): Promise<void> {
    const { agentId, nickname } = this.agent;
    try {
      await this.table.beat([agentId], this.clock.nowMs());
      await this.agents.execute(agentStreamOf(agentId), {
        commandId: `${TRANSIENT_PREFIX}${agentId}`,
        commands: () => [
          { type: 'SignIn', nickname, skills: SKILLS, capacity: CAPACITY, isFallback: true },
          { type: 'GoReady' },
        ],
      });
    } catch (error) {
      this.logger.debug(reportFailure(error), 'the robot could not say that it is there');
    }
  }
}
