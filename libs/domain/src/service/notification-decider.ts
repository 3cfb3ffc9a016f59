import { DomainError } from '../domain-error.js';
import { formatEntryId } from '../recorded.js';
import { deviceOf } from './customer-device.js';
import type { ServiceCommand } from './service-command.js';
import type { ServiceEvent } from './service-event.js';
import type { OpenService } from './service-state.js';

type NotificationCommand = Extract<ServiceCommand, { type: 'Poke' | 'RecordPush' | 'GoAway' | 'ComeBack' }>;

/** Why a service cannot be poked; undefined when it can. */
export const pokeRefusal = (service: OpenService): string | undefined => {
  const { chat, notifications } = service;
  if (notifications?.isPokeEnabled !== true) return '_poke_enabled is not set for this service';
  if (deviceOf(service) === undefined) return 'the service was created without a device to push to, or it is gone';
  if (chat?.ended !== null || !chat.hasHadAgent) return 'no agent is in a chat of this service';
  return undefined;
};

/** The rules of pushes to a customer's device, and of the application in the background. */
export const decideNotification = (command: NotificationCommand, service: OpenService): readonly ServiceEvent[] => {
  const { chat, pushes } = service;
  switch (command.type) {
    case 'Poke': {
      const refusal = pokeRefusal(service);
      if (refusal !== undefined) throw new DomainError('POKE_UNAVAILABLE', refusal);
      const { text, by } = command;
      return [
        {
          type: 'PokeRequested',
          ...(text === undefined ? {} : { text }),
          ...(by === undefined ? {} : { by }),
        },
      ];
    }
    case 'RecordPush': {
      const ref = formatEntryId(command.ref);
      const { channel, failure } = command;
      if (!pushes.some((pending) => pending.ref === ref)) return [];
      return [
        failure === undefined
          ? { type: 'PushSent', ref, channel }
          : { type: 'PushFailed', ref, channel, reason: failure },
      ];
    }
    case 'GoAway':
      return chat?.ended === null && chat.away === null ? [{ type: 'CustomerAway' }] : [];
    case 'ComeBack':
      return chat !== null && chat.away !== null ? [{ type: 'CustomerBack' }] : [];
  }
};
