import {
  createServiceDecider,
  type Deadline,
  DEADLINE_KINDS,
  deadlinesOf,
  evolveService,
  findCommand,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceLimits,
  type ServiceState,
} from '@app/domain';
import type { AggregateKind, AppendEffects } from './aggregate-repository.js';
import type { DeadlineChange } from './event-store.js';
import type { EventCodec } from './folded.js';

/** The keys of a service outlive its time to live by so much: a backstop, should nobody be there to expire it. */
const RETENTION_MARGIN_S = 86_400;

/** How often an append renews the expiry of the keys, in milliseconds. */
const RENEW_EVERY_MS = 3_600_000;

const CHAT_DEADLINES = DEADLINE_KINDS.filter((kind) => kind !== 'ttl');

export const retentionS = (ttlS: number): number => ttlS + RETENTION_MARGIN_S;

const clear = (kinds: readonly string[]): DeadlineChange[] => kinds.map((kind) => ({ kind, dueMs: null }));

const set = (deadlines: readonly Deadline[], except: string): DeadlineChange[] =>
  deadlines.filter(({ kind }) => kind !== except);

/**
 * A deadline is stored when it comes to be. It usually moves on with every message, which is not worth a write: the
 * alarm looks at the state, finds the deadline later, and is set again.
 */
const effectsOf = (
  events: readonly ServiceEvent[],
  before: ServiceState,
  atMs: number,
  lastAtMs: number,
): AppendEffects => {
  let effects: AppendEffects =
    before.status === 'open' && Math.floor(atMs / RENEW_EVERY_MS) !== Math.floor(lastAtMs / RENEW_EVERY_MS)
      ? { expireS: retentionS(before.timeouts.ttlS) }
      : {};
  if (before.status === 'open' && before.chat?.notifyBy === 'comet' && before.user !== undefined) {
    effects = { ...effects, wakeUser: before.user };
  }
  for (const event of events) {
    const envelope = { position: 0, n: 1, atMs, commandId: '', verbose: false, replyFrom: null };
    switch (event.type) {
      case 'ServiceRequested': {
        const after = evolveService(before, { ...envelope, event });
        effects = {
          live: { sinceMs: atMs },
          data: event.businessData,
          expireS: retentionS(event.timeouts.ttlS),
          deadlines: set(deadlinesOf(after, 0), ''),
        };
        break;
      }
      case 'ChatStarted': {
        const after = evolveService(before, { ...envelope, event });
        effects = { ...effects, deadlines: set(deadlinesOf(after, 0), 'ttl') };
        break;
      }
      case 'ChatEnded':
        effects = { ...effects, deadlines: clear(CHAT_DEADLINES) };
        break;
      case 'ServiceExpired':
      case 'ServiceDeleted':
        effects = { ...effects, live: 'remove', deadlines: clear(DEADLINE_KINDS) };
        break;
      case 'OwnerIdentified':
      case 'ParticipantJoined':
      case 'ParticipantLeft':
      case 'MessageSent':
      case 'TypingStarted':
      case 'TypingStopped':
      case 'UrlPushed':
      case 'IdleAlerted':
        break;
    }
  }
  return effects;
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
