import { compareEntryIds, type EntryId, formatEntryId, parseEntryId } from '../recorded.js';
import type { LogicEffect } from './logic-effect.js';
import type { ServiceCommand } from './service-command.js';
import type { ServiceEvent } from './service-event.js';
import type { OpenService } from './service-state.js';

type LogicCommand = Extract<ServiceCommand, { type: 'ApplyEffects' | 'FailLogic' }>;

/** What customers of a service are shown whose logic failed. */
const ERROR_DIALOG = 'error.html';

const eventOf = (
  effect: LogicEffect,
  { shown, routing, logicDeadlines }: OpenService,
  atMs: number,
  cause: string,
): ServiceEvent | undefined => {
  switch (effect.type) {
    case 'setStatus': {
      const { status, dialog = shown?.dialog } = effect;
      if (shown?.status === status && shown.dialog === dialog) return undefined;
      return { type: 'StatusSet', status, ...(dialog === undefined ? {} : { dialog }), cause };
    }
    case 'setDeadline':
      return { type: 'LogicDeadlineSet', name: effect.name, dueMs: atMs + effect.afterS * 1_000, cause };
    case 'clearDeadline':
      return effect.name in logicDeadlines ? { type: 'LogicDeadlineCleared', name: effect.name, cause } : undefined;
    case 'route': {
      const { stages, priority } = effect;
      return { type: 'RoutingRequested', need: { stages, priority }, purpose: 'chat', cause };
    }
    case 'cancelRoute':
      return routing === null ? undefined : { type: 'RoutingCancelled', cause };
    case 'push':
      return { type: 'PushRequested', text: effect.text, cause };
    case 'poke':
      return { type: 'PokeRequested', ...(effect.text === undefined ? {} : { text: effect.text }), cause };
  }
};

/** Whether the logic's answer to an event is in the stream already. */
export const isApplied = ({ appliedTo }: Pick<OpenService, 'appliedTo'>, cause: EntryId): boolean =>
  appliedTo !== undefined && compareEntryIds(cause, parseEntryId(appliedTo)) <= 0;

/** The answers of a service logic become events, each answer once and in the order of what was answered. */
export const decideLogic = (command: LogicCommand, service: OpenService): readonly ServiceEvent[] => {
  if (service.hasLogicFailed === true || isApplied(service, command.cause)) return [];
  const cause = formatEntryId(command.cause);
  if (command.type === 'FailLogic') {
    return [
      { type: 'LogicFailed', reason: command.reason, cause },
      { type: 'StatusSet', status: 'error', dialog: ERROR_DIALOG, cause },
    ];
  }
  return command.effects.flatMap((effect) => eventOf(effect, service, command.atMs, cause) ?? []);
};
