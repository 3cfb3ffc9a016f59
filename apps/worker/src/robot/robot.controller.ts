import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FeedExceptionFilter, SERVICE_CHANGED, type ServiceChanged } from '@app/broker';
import { Robot } from './robot.js';

/** Shows the robot agent what happens. */
@Controller()
@UseFilters(FeedExceptionFilter)
export class RobotController {
  constructor(private readonly robot: Robot) {}

  @EventPattern(SERVICE_CHANGED)
  onServiceChanged(@Payload() changed: ServiceChanged): Promise<void> {
    return this.robot.follow(changed);
  }
}
