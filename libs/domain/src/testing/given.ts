import { BEFORE_FIRST, type Recorded, recordEvents } from '../recorded.js';
import type { ServiceCommand } from '../service/service-command.js';
import { createServiceDecider } from '../service/service-decider.js';
import type { ServiceEvent, ServiceTimeouts } from '../service/service-event.js';
import type { ServiceState } from '../service/service-state.js';

export const TIMEOUTS: ServiceTimeouts = {
  ttlS: 3_600,
  flexDisconnectS: 45,
  idleAlertS: 255,
  idleCloseS: 45,
  asyncCloseS: 3_600,
  idleAlertMessage: 'still there?',
};

export const LIMITS = { messagesPer10S: 3, messagesPerChat: 5 };

export const decider = createServiceDecider(LIMITS);

/** A past event and when it happened, in ms; 0 where it does not matter. */
export type Past = ServiceEvent | readonly [event: ServiceEvent, atMs: number];

const isTimed = (past: Past): past is readonly [ServiceEvent, number] => Array.isArray(past);

/** The events with their envelopes, each of a command of its own. */
export const recordPast = (past: readonly Past[]): readonly Recorded<ServiceEvent>[] => {
  const recorded: Recorded<ServiceEvent>[] = [];
  for (const [index, each] of past.entries()) {
    const [event, atMs] = isTimed(each) ? each : [each, 0];
    const context = { atMs, commandId: `past-${index}`, verbose: false };
    recorded.push(...recordEvents(recorded.at(-1) ?? BEFORE_FIRST, [event], decider.isPositioned, context));
  }
  return recorded;
};

export const stateAfter = (...past: readonly Past[]): ServiceState =>
  recordPast(past).reduce(decider.evolve, decider.initialState());

/** Given past events, when a command, then new events (or a refusal). */
export const given = (...past: readonly Past[]) => ({
  when: (command: ServiceCommand): readonly ServiceEvent[] => decider.decide(command, stateAfter(...past)),
});
