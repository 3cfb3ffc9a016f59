import {
  createServiceDecider,
  deadlinesOf,
  evolveService,
  findCommand,
  type OpenService,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceLimits,
  type ServiceState,
  type ServiceTimeouts,
} from '@app/domain';
import type { AggregateKind, AppendEffects } from './aggregate-repository.js';
import type { DeadlineChange } from './event-store.js';
import type { EventCodec } from './folded.js';

const DAY_S = 86_400;

/** How often an append renews the expiry of the keys, in milliseconds. */
const RENEW_EVERY_MS = 3_600_000;

/** How long the events of a service are kept after its end, in seconds. */
export const retentionS = ({ retentionS: keptS = DAY_S }: Pick<ServiceTimeouts, 'retentionS'>): number => keptS;

/**
 * How long the keys of a service that goes on are kept, in seconds: a backstop, should nobody be there to expire it. Its end
 * has to be written, so that is never less than a day after its time to live.
 */
export const backstopS = (timeouts: Pick<ServiceTimeouts, 'ttlS' | 'retentionS'>): number =>
  timeouts.ttlS + Math.max(DAY_S, retentionS(timeouts));

/** Events after which deadlines are as before, or no earlier: an alarm that rings too early is set again. */
const KEEP_DEADLINES: ReadonlySet<ServiceEvent['type']> = new Set([
  'MessageSent',
  'TypingStarted',
  'TypingStopped',
  'UrlPushed',
  'NoticeSent',
  'ParticipantLeft',
  'IdleAlerted',
  'OwnerIdentified',
  'DataReceived',
  'StatusSet',
  'PokeRequested',
  'PushSent',
  'WhisperSent',
  'MonitoringStarted',
  'MonitoringEnded',
  'DispositionSet',
]);

/**
 * A deadline is stored when it comes to be, and taken off when it is no more. It usually moves on with every message,
 * which is not worth a write: the alarm looks at the state, finds the deadline later, and is set again.
 */
const deadlineChanges = (
  events: readonly ServiceEvent[],
  before: ServiceState,
  atMs: number,
): readonly DeadlineChange[] => {
  // A message that nobody sees has a deadline of its own.
  const isAway = before.status === 'open' && before.chat !== null && before.chat.away !== null;
  if (!isAway && events.every(({ type }) => KEEP_DEADLINES.has(type))) return [];
  const after = events.reduce<ServiceState>(
    (state, event) =>
      evolveService(state, { position: 0, n: 1, atMs, commandId: '', verbose: false, replyFrom: null, event }),
    before,
  );
  const [old, now] = [deadlinesOf(before, 0), deadlinesOf(after, 0)];
  const gone = old.filter(({ kind }) => !now.some((deadline) => deadline.kind === kind));
  const come = now.filter(({ kind, dueMs }) => {
    const former = old.find((deadline) => deadline.kind === kind);
    return former === undefined || dueMs < former.dueMs || (MOVING.has(kind) && dueMs > former.dueMs);
  });
  return [...gone.map(({ kind }) => ({ kind, dueMs: null })), ...come];
};

/** Deadlines whose alarms are worth moving on: few, and of another agent or name than before. */
const MOVING: ReadonlySet<string> = new Set(['reservation', 'answer', 'reoffer', 'logic']);

/** Agents who see what happens in a chat, those included whom the events bring into it or take out of it. */
const agentsTold = (events: readonly ServiceEvent[], { chat }: OpenService): readonly string[] => {
  if (chat === null) return [];
  const ids = [...chat.agents, ...chat.monitors].map(({ participantId }) => participantId);
  for (const event of events) {
    if (event.type === 'ParticipantJoined') ids.push(event.participantId);
    if (event.type === 'MonitoringStarted') ids.push(event.agentId);
  }
  return [...new Set(ids)];
};

const isTold = ({ user, chat, device }: OpenService): boolean =>
  user !== undefined && (chat?.notifyBy === 'comet' || device?.os === 'comet');

const withAgents = (agentIds: readonly string[]): Pick<AppendEffects, 'wakeAgents'> =>
  agentIds.length === 0 ? {} : { wakeAgents: agentIds };

const effectsOf = (
  events: readonly ServiceEvent[],
  before: ServiceState,
  atMs: number,
  lastAtMs: number,
): AppendEffects => {
  const deadlines = deadlineChanges(events, before, atMs);
  const withDeadlines = deadlines.length === 0 ? {} : { deadlines };
  if (before.status !== 'open') {
    const [first] = events;
    if (first?.type !== 'ServiceRequested') return withDeadlines;
    const expireS = backstopS(first.timeouts);
    return { ...withDeadlines, live: { sinceMs: atMs }, data: first.businessData, expireS };
  }
  const isDueForRenewal = Math.floor(atMs / RENEW_EVERY_MS) !== Math.floor(lastAtMs / RENEW_EVERY_MS);
  const isOver = events.some(({ type }) => type === 'ServiceExpired' || type === 'ServiceDeleted');
  return {
    ...withDeadlines,
    ...(isOver
      ? { expireS: retentionS(before.timeouts) }
      : isDueForRenewal
        ? { expireS: backstopS(before.timeouts) }
        : {}),
    ...(isTold(before) && before.user !== undefined ? { wakeUser: before.user } : {}),
    ...withAgents(agentsTold(events, before)),
    ...(isOver ? { live: 'remove' } : {}),
  };
};

/** Services as aggregates. @param codec - their stored form */
export const serviceKind = (
  limits: ServiceLimits,
  codec: EventCodec<ServiceEvent, ServiceState>,
): AggregateKind<ServiceCommand, ServiceEvent, ServiceState> => ({
  decider: createServiceDecider(limits),
  codec,
  findCommand: (state, commandId) => (state.status === 'open' ? findCommand(state.commands, commandId) : undefined),
  effectsOf,
});
