import { agentOfStream, SYSTEM_EVENTS } from '@app/domain';
import type { StoredEntry } from '@app/event-store';
import { agentEventCodec, agentEventView, COMET_CHANNEL, serviceEventCodec, storedEventType } from '@app/wire';
import { messageId } from './chat-messages.js';
import type { MessageForm } from './message-form.js';

const HIDDEN: ReadonlySet<string | undefined> = new Set(SYSTEM_EVENTS);

const isTold = ({ body }: StoredEntry): boolean => !HIDDEN.has(storedEventType(body));

const message = (streamId: string, entries: readonly StoredEntry[]): string => {
  const last = entries.at(-1);
  const agentId = agentOfStream(streamId);
  const events = entries.map((entry) =>
    agentEventView(agentId === undefined ? serviceEventCodec.decode(entry) : agentEventCodec.decode(entry)),
  );
  const data = {
    id: messageId(streamId, `${last?.position ?? 0}-${last?.n ?? 0}`),
    tag: agentId === undefined ? `agent.chat.events.${streamId}` : `agent.events.${agentId}`,
    message: agentId === undefined ? { serviceId: streamId, events } : { agentId, events },
  };
  return JSON.stringify({ channel: COMET_CHANNEL, data });
};

/** What agents' desktops are told: every event that is not the server's own affair, as the Agent API shows it. */
export const agentForm: MessageForm = {
  told: { allBut: SYSTEM_EVENTS },
  isTold,
  messagesOf: (streamId, entries) => {
    const told = entries.filter(isTold);
    return Promise.resolve(told.length === 0 ? [] : [message(streamId, told)]);
  },
};
