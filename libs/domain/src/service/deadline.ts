import { deviceOf } from './customer-device.js';
import type { OpenService, ServiceState } from './service-state.js';

/**
 * Times at which something happens though nobody acts: `ttl` expires the service; `flex`, `idle` and `async` end or alert
 * the chat; `reservation` and `answer` free an agent; `reoffer` lets those be asked again who refused; `away` pushes
 * what a customer misses whose application is in the background; `logic` is the next one of the service logic.
 */
export const DEADLINE_KINDS = [
  'ttl',
  'flex',
  'idle',
  'async',
  'reservation',
  'answer',
  'reoffer',
  'away',
  'logic',
] as const;
export type DeadlineKind = (typeof DEADLINE_KINDS)[number];

export interface Deadline {
  readonly kind: DeadlineKind;
  readonly dueMs: number;
}

/**
 * The deadlines of a service, from its events and from when its customer was last seen.
 * @param lastSeenMs - store time of the customer's last request; 0 when he has made none since the start
 */
export const deadlinesOf = (state: ServiceState, lastSeenMs: number): readonly Deadline[] => {
  if (state.status !== 'open') return [];
  const { timeouts } = state;
  const ttl: Deadline = { kind: 'ttl', dueMs: Math.max(state.lastEventAtMs, lastSeenMs) + timeouts.ttlS * 1000 };
  return [
    ttl,
    ...chatDeadlines(state, lastSeenMs),
    ...routingDeadlines(state),
    ...awayDeadlines(state),
    ...logicDeadlines(state),
  ];
};

const chatDeadlines = ({ chat, timeouts }: OpenService, lastSeenMs: number): readonly Deadline[] => {
  if (chat?.ended !== null) return [];
  if (chat.notifyBy === 'comet') {
    return [{ kind: 'async', dueMs: chat.lastActivityMs + timeouts.asyncCloseS * 1000 }];
  }
  const idleDueMs =
    chat.idleAlertedAtMs === null
      ? chat.lastActivityMs + timeouts.idleAlertS * 1000
      : chat.idleAlertedAtMs + timeouts.idleCloseS * 1000;
  return [
    { kind: 'flex', dueMs: Math.max(chat.startedAtMs, lastSeenMs) + timeouts.flexDisconnectS * 1000 },
    { kind: 'idle', dueMs: idleDueMs },
  ];
};

/** Agents who refused a chat are asked again after so long, in milliseconds: there may be nobody else. */
const REOFFER_MS = 30_000;

const routingDeadlines = ({ routing }: OpenService): readonly Deadline[] => {
  switch (routing?.phase) {
    case 'reserved':
      return [{ kind: 'reservation', dueMs: routing.held.untilMs }];
    case 'offered':
      return [{ kind: 'answer', dueMs: routing.held.untilMs }];
    case 'waiting':
      return routing.excluded.length === 0 ? [] : [{ kind: 'reoffer', dueMs: routing.refusedAtMs + REOFFER_MS }];
    case undefined:
      return [];
  }
};

const awayDeadlines = (service: OpenService): readonly Deadline[] => {
  const missed = service.chat?.away?.missed;
  if (!missed || service.notifications === undefined || deviceOf(service) === undefined) return [];
  return [{ kind: 'away', dueMs: missed.atMs + service.notifications.awayPushS * 1_000 }];
};

const logicDeadlines = ({ logicDeadlines: deadlines }: OpenService): readonly Deadline[] => {
  const times = Object.values(deadlines);
  return times.length === 0 ? [] : [{ kind: 'logic', dueMs: Math.min(...times) }];
};
