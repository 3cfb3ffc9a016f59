import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  AGENT_CHANGED,
  type AgentChanged,
  FeedExceptionFilter,
  SERVICE_CHANGED,
  type ServiceChanged,
} from '@app/broker';
import { Orchestration } from './orchestration.js';

/** Shows service logic and routing what happens. */
@Controller()
@UseFilters(FeedExceptionFilter)
export class OrchestrationController {
  constructor(private readonly orchestration: Orchestration) {}

  @EventPattern(SERVICE_CHANGED)
  onServiceChanged(@Payload() { serviceId }: ServiceChanged): Promise<void> {
    return this.orchestration.followService(serviceId);
  }

  @EventPattern(AGENT_CHANGED)
  onAgentChanged(@Payload() { agentId }: AgentChanged): Promise<void> {
    return this.orchestration.followAgent(agentId);
  }
}
