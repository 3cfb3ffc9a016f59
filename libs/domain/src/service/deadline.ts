import type { ServiceState } from './service-state.js';

/** Times at which something happens though nobody acts: `ttl` expires the service, the others end or alert the chat. */
export const DEADLINE_KINDS = ['ttl', 'flex', 'idle', 'async'] as const;
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
  const { timeouts, chat } = state;
  const ttl: Deadline = { kind: 'ttl', dueMs: Math.max(state.lastEventAtMs, lastSeenMs) + timeouts.ttlS * 1000 };
  if (chat?.ended !== null) return [ttl];
  if (chat.notifyBy === 'comet') {
    return [ttl, { kind: 'async', dueMs: chat.lastActivityMs + timeouts.asyncCloseS * 1000 }];
  }
  const idleDueMs =
    chat.idleAlertedAtMs === null
      ? chat.lastActivityMs + timeouts.idleAlertS * 1000
      : chat.idleAlertedAtMs + timeouts.idleCloseS * 1000;
  return [
    ttl,
    { kind: 'flex', dueMs: Math.max(chat.startedAtMs, lastSeenMs) + timeouts.flexDisconnectS * 1000 },
    { kind: 'idle', dueMs: idleDueMs },
  ];
};
