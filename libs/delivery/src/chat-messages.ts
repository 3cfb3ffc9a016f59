import { createHash } from 'node:crypto';
import type { StoredEntry } from '@app/event-store';
import {
  type ChatServerFacade,
  COMET_CHANNEL,
  deliveredMessage,
  type DeliveredState,
  type ShownStatus,
  statusMessage,
  storedEventType,
  verboseFields,
} from '@app/wire';
import type { ChatState, OpenService } from '@app/domain';
import type { MessageForm } from './message-form.js';

/** What the messages of a service say beside its events; nothing of it changes once its chat has started. */
export interface ChatIdentity {
  readonly serviceId: string;
  readonly service: Pick<OpenService, 'timeZoneOffsetMin' | 'device'>;
  /** Null before its start. */
  readonly chat: ChatState | null;
  readonly facade: ChatServerFacade;
}

/** One message to be: a run of lines, the start or the end of the chat, or a status of its service. */
interface Segment {
  readonly state: DeliveredState | ShownStatus;
  readonly position: number;
  readonly lines: readonly string[];
  readonly isVerbose: boolean;
  /** The last entry in it. */
  readonly lastId: string;
}

const isVerbose = ({ body }: StoredEntry): boolean => body.includes(',"x":true');

/** The hidden events of which the application learns: the start and the end of the chat. */
const STATES_TOLD: ReadonlyMap<string | undefined, DeliveredState> = new Map([
  ['ChatStarted', 'TRANSCRIPT'],
  ['ChatEnded', 'DISCONNECTED'],
]);

const stateTold = ({ body }: StoredEntry): DeliveredState | ShownStatus | undefined => {
  const type = storedEventType(body);
  return type === 'StatusSet' ? shownBy(body) : STATES_TOLD.get(type);
};

const shownBy = (body: string): ShownStatus => {
  const { d: shown } = JSON.parse(body) as { readonly d: { readonly status: string; readonly dialog?: string } };
  return { status: shown.status, dialog: shown.dialog ?? '' };
};

/** Whether the customer's application learns anything of an entry. */
const isTold = (entry: StoredEntry): boolean => entry.line !== '' || stateTold(entry) !== undefined;

/** Whether an entry is the end of its chat. */
export const isEnd = (entry: StoredEntry): boolean => stateTold(entry) === 'DISCONNECTED';

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
    const state = stateTold(entry);
    if (state === undefined) continue;
    close();
    segments.push({
      state,
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
export const messageId = (serviceId: string, lastId: string): string =>
  createHash('sha256').update(`${serviceId} ${lastId}`).digest('hex').slice(0, 32);

/** Applications ask for statuses by the kind of device that they name. */
const wantsStatus = ({ device }: ChatIdentity['service']): boolean => device?.os === 'comet';

/** The Bayeux messages that tell a service's events to its user, JSON each, in order. */
const chatMessages = (identity: ChatIdentity, entries: readonly StoredEntry[]): readonly string[] => {
  const { serviceId, service, chat, facade } = identity;
  return segmentsOf(entries).flatMap(({ state, position, lines, isVerbose: verbose, lastId }) => {
    const address = { channel: COMET_CHANNEL, messageId: messageId(serviceId, lastId), serviceId };
    if (typeof state !== 'string') return wantsStatus(service) ? [statusMessage({ ...address, shown: state })] : [];
    // In a chat that is told by polling, its service may be told all the same.
    if (chat?.notifyBy !== 'comet') return [];
    const more = verbose ? verboseFields(serviceId, service, chat, facade) : '';
    return [deliveredMessage({ ...address, chat, state, position, lines, verbose: more })];
  });
};

/** Finds what a chat's messages say beside its events; undefined when the chat is gone. */
export type IdentityOf = (serviceId: string) => Promise<ChatIdentity | undefined>;

/** What customers' applications are told. */
export const customerForm = (identityOf: IdentityOf): MessageForm => ({
  told: 'customer',
  isTold,
  messagesOf: async (serviceId, entries) => {
    const identity = await identityOf(serviceId);
    return identity === undefined ? [] : chatMessages(identity, entries);
  },
});
