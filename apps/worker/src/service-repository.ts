import type { ServiceCommand, ServiceEvent, ServiceState } from '@app/domain';
import type { AggregateRepository } from '@app/event-store';

/** The repository of services. */
export type ServiceRepository = AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;
