/** Where a service stands among those that wait for an agent. */
export interface QueuePlace {
  /** 1 is next. */
  readonly position: number;
  readonly totalWaiting: number;
  /** Seconds; 0 when nothing is known. */
  readonly etaS: number;
  /** Agents who fit and are ready. */
  readonly agentsReady: number;
}

/** The queues, as far as customers are told of them. */
export interface QueuePlaces {
  /** Undefined when the service does not wait, or the routing has not heard of it yet. */
  positionOf(serviceId: string): Promise<QueuePlace | undefined>;
}
