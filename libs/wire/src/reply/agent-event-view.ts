import { type AgentEvent, formatEntryId, type Recorded, type ServiceEvent } from '@app/domain';

/** An event as the Agent API shows it: the fields of the event itself beside these. */
export interface AgentEventView {
  /** `<transcriptPosition>-<n>`; grows along its stream. */
  readonly id: string;
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What nobody at a desk needs, and what opens doors or finds a phone. */
const SECRET: ReadonlySet<string> = new Set([
  ...['secureKey', 'userId', 'sessionId', 'push', 'device', 'notifyBy'],
  ...['asOf', 'cause'],
]);

export const agentEventView = (recorded: Recorded<ServiceEvent> | Recorded<AgentEvent>): AgentEventView => {
  const shown = Object.entries(recorded.event).filter(([name]) => !SECRET.has(name));
  const head = { id: formatEntryId(recorded), at: new Date(recorded.atMs).toISOString() };
  return { ...head, ...Object.fromEntries(shown), type: recorded.event.type };
};
