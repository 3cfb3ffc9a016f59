/** A pattern of the feed: handlers are `@EventPattern(SERVICE_CHANGED)`. */
export const SERVICE_CHANGED = 'service.changed';

/**
 * A service has reached an event. Nothing more is said: a handler reads what it does not know yet, so repeats, gaps and
 * order do not matter.
 */
export interface ServiceChanged {
  readonly serviceId: string;
  /** The place of the service's last event: `<position>-<n>`. */
  readonly position: number;
  readonly n: number;
}

/** The pattern of what happens to agents. */
export const AGENT_CHANGED = 'agent.changed';

/** An agent's stream has reached an event. */
export interface AgentChanged {
  readonly agentId: string;
}
