import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { FeedExceptionFilter, SERVICE_CHANGED, type ServiceChanged } from '@app/broker';
import { DeadlineWatch } from './deadline-watch.js';

/** Sets the alarms of services. */
@Controller()
@UseFilters(FeedExceptionFilter)
export class DeadlinesController {
  constructor(private readonly watch: DeadlineWatch) {}

  @EventPattern(SERVICE_CHANGED)
  onServiceChanged(@Payload() changed: ServiceChanged): Promise<void> {
    return this.watch.follow(changed);
  }
}
