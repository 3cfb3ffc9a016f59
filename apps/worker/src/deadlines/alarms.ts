import type { Deadline } from '@app/domain';

/** Alarms that ring about when a deadline may have come. They may be lost, early or late: the sweep makes up for it. */
export interface Alarms {
  /** At most one for each service and kind; never fails. */
  arm(serviceId: string, deadline: Deadline): Promise<void>;
}
