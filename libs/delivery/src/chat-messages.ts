import { createHash } from 'node:crypto';
import type { StoredEntry } from '@app/event-store';
import { type ChatServerFacade, COMET_CHANNEL, deliveredMessage, type DeliveredState, verboseFields } from '@app/wire';
import type { ChatState, OpenService } from '@app/domain';

/** What the messages of a chat say beside its events; nothing of it changes once the chat has started. */
export interface ChatIdentity {
  readonly serviceId: string;
  readonly service: Pick<OpenService, 'timeZoneOffsetMin'>;
  readonly chat: ChatState;
  readonly facade: ChatServerFacade;
}

/** One message to be: a run of lines, the start or the end of the chat. */
interface Segment {
  readonly state: DeliveredState;
  readonly position: number;
  readonly lines: readonly string[];
  readonly isVerbose: boolean;
  /** The last entry in it. */
  readonly lastId: string;
}

const isVerbose = ({ body }: StoredEntry): boolean => body.includes(',"x":true');

/** The start of a chat and its end stand alone; lines between go together. */
const segmentsOf = (entries: readonly StoredEntry[]): readonly Segment[] => {
  const segments: Segment[] = [];
  let run: StoredEntry[] = [];
  const close = (): void => {
    const last = run.at(-1);
    if (last === undefined) return;
    segments.push({
      state: 'TRANSCRIPT',
      position: last.position,
      lines: run.map(({ line }) => line),
      isVerbose: run.some(isVerbose),
      lastId: `${last.position}-${last.n}`,
    });
    run = [];
  };
  for (const entry of entries) {
    if (entry.line !== '') {
      run.push(entry);
      continue;
    }
    const isStart = entry.body.includes('"t":"ChatStarted"');
    if (!isStart && !entry.body.includes('"t":"ChatEnded"')) continue;
    close();
    segments.push({
      state: isStart ? 'TRANSCRIPT' : 'DISCONNECTED',
      position: entry.position,
      lines: [],
      isVerbose: isVerbose(entry),
      lastId: `${entry.position}-${entry.n}`,
    });
  }
  close();
  return segments;
};

/** The same for the same event on every gateway, however often it is sent. */
const messageId = (serviceId: string, lastId: string): string =>
  createHash('sha256').update(`${serviceId} ${lastId}`).digest('hex').slice(0, 32);

/** The Bayeux messages that tell a chat's events to its user, JSON each, in order. */
export const chatMessages = (identity: ChatIdentity, entries: readonly StoredEntry[]): readonly string[] =>
  segmentsOf(entries).map(({ state, position, lines, isVerbose: verbose, lastId }) =>
    deliveredMessage({
      channel: COMET_CHANNEL,
      messageId: messageId(identity.serviceId, lastId),
      serviceId: identity.serviceId,
      chat: identity.chat,
      state,
      position,
      lines,
      verbose: verbose ? verboseFields(identity.serviceId, identity.service, identity.chat, identity.facade) : '',
    }),
  );
