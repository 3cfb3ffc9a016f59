import { DomainError } from '../domain-error.js';
import type { ServiceCommand } from './service-command.js';
import type { ServiceEvent } from './service-event.js';
import type { OpenService, Participant } from './service-state.js';

type SupervisionCommand = Extract<
  ServiceCommand,
  { type: 'Whisper' | 'StartMonitoring' | 'StopMonitoring' | 'SetDisposition' }
>;

const has = (participants: readonly Participant[], agentId: string): boolean =>
  participants.some(({ participantId }) => participantId === agentId);

/** What agents and supervisors do around a chat without the customer's knowing. */
export const decideSupervision = (command: SupervisionCommand, service: OpenService): readonly ServiceEvent[] => {
  const { chat, involved } = service;
  if (chat === null) throw new DomainError('CHAT_NOT_STARTED', 'the chat of this service has not been started');
  const { agentId, nickname } = command.by;
  switch (command.type) {
    case 'Whisper': {
      if (chat.ended !== null) throw new DomainError('CHAT_ENDED', 'the chat is over');
      if (!has(chat.agents, agentId) && !has(chat.monitors, agentId)) {
        throw new DomainError(
          'NOT_A_PARTICIPANT',
          'only agents in the chat and supervisors who read along may whisper',
        );
      }
      return [{ type: 'WhisperSent', participantId: agentId, nickname, text: command.text }];
    }
    case 'StartMonitoring':
      if (chat.ended !== null) throw new DomainError('CHAT_ENDED', 'the chat is over');
      return has(chat.monitors, agentId) ? [] : [{ type: 'MonitoringStarted', agentId, nickname }];
    case 'StopMonitoring':
      return has(chat.monitors, agentId) ? [{ type: 'MonitoringEnded', agentId, nickname }] : [];
    case 'SetDisposition': {
      if (!involved.includes(agentId)) {
        throw new DomainError('NOT_A_PARTICIPANT', 'only an agent who was in the chat may say what came of it');
      }
      const { code, note } = command;
      const isSame = chat.disposition?.code === code && chat.disposition.note === note;
      return isSame ? [] : [{ type: 'DispositionSet', agentId, code, ...(note === undefined ? {} : { note }) }];
    }
  }
};
