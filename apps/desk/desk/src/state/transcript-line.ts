import type { ChatEvent, EntryId, Party, StreamEvent } from '../api/shapes.js';
import { compareIds } from './entry-id.js';

/** What somebody said. */
export interface SpokenLine {
  readonly kind: 'message' | 'whisper' | 'url' | 'notice';
  readonly id: EntryId;
  readonly at: string;
  readonly participantId: string;
  readonly nickname: string;
  /** Whispers have none. */
  readonly party: Party | null;
  readonly text: string;
}

/** What happened. Names and texts of people stand apart, so that they can be set apart. */
export interface SystemLine {
  readonly kind: 'system';
  readonly id: EntryId;
  readonly at: string;
  /** Whom it is about; empty: nobody in particular. */
  readonly who: string;
  readonly what: string;
  /** Something to look at. */
  readonly isWarning: boolean;
}

export type Line = SpokenLine | SystemLine;

const END_REASONS: Readonly<Record<string, string>> = {
  customer: 'The customer ended the chat',
  agent: 'The chat was ended by an agent',
  'customer-gone': 'The chat ended: the customer has gone',
  idle: 'The chat ended: nobody wrote for too long',
  'service-closed': 'The chat ended: its service was closed',
};

export const endText = (reason: string | null): string => END_REASONS[reason ?? ''] ?? 'The chat ended';

const PURPOSES: Readonly<Record<string, string>> = {
  chat: 'An agent is looked for',
  transfer: 'Another agent is looked for, to take over',
  conference: 'Another agent is looked for, to join',
};

const DECLINED: Readonly<Record<string, string>> = {
  rejected: 'declined the chat',
  'no-answer': 'did not answer',
  withdrawn: 'is not asked any more',
};

type System = readonly [who: string, what: string, isWarning?: boolean];

const systemOf = (event: ChatEvent): System | null => {
  switch (event.type) {
    case 'ChatStarted':
      return [event.nickname, 'started the chat'];
    case 'ChatEnded':
      return ['', endText(event.reason)];
    case 'ParticipantJoined':
      return [event.nickname, 'joined'];
    case 'ParticipantLeft':
      return [event.nickname, 'left'];
    case 'MonitoringStarted':
      return [event.nickname, 'reads along'];
    case 'MonitoringEnded':
      return [event.nickname, 'no longer reads along'];
    case 'RoutingRequested':
      return ['', PURPOSES[event.purpose] ?? 'An agent is looked for'];
    case 'RoutingCancelled':
      return ['', 'No other agent is looked for any more'];
    case 'AgentReserved':
      return [event.nickname, 'is reserved for the chat'];
    case 'AgentOffered':
      return [event.nickname, 'is asked to take the chat'];
    case 'OfferEnded':
      return event.reason === 'accepted' ? null : ['The agent asked', DECLINED[event.reason] ?? event.reason];
    case 'CustomerAway':
      return ['', 'The customer’s application went to the background', true];
    case 'CustomerBack':
      return ['', 'The customer’s application is back'];
    case 'PokeRequested':
      return ['', event.text === undefined ? 'A poke was asked for' : `A poke was asked for: ${event.text}`];
    case 'PushRequested':
      return ['', 'The customer’s device is told of what he missed'];
    case 'PushSent':
      return ['', `The customer’s device was told (${event.channel})`];
    case 'PushFailed':
      return ['', `The customer’s device could not be told (${event.channel}: ${event.reason})`, true];
    case 'DispositionSet':
      return ['Outcome:', `${event.code}${event.note === undefined ? '' : `: ${event.note}`}`];
    case 'DataReceived':
      return ['', `New data: ${Object.keys(event.data).join(', ')}`];
    default:
      return null;
  }
};

/** How a transcript shows an event; null: not at all. */
export const lineOf = (streamEvent: StreamEvent): Line | null => {
  const event = streamEvent as ChatEvent;
  const { id, at } = event;
  switch (event.type) {
    case 'MessageSent':
    case 'NoticeSent':
    case 'IdleAlerted': {
      const { participantId, nickname, party, text } = event;
      return {
        kind: event.type === 'MessageSent' ? 'message' : 'notice',
        id,
        at,
        participantId,
        nickname,
        party,
        text,
      };
    }
    case 'UrlPushed': {
      const { participantId, nickname, party, url: text } = event;
      return { kind: 'url', id, at, participantId, nickname, party, text };
    }
    case 'WhisperSent': {
      const { participantId, nickname, text } = event;
      return { kind: 'whisper', id, at, participantId, nickname, party: null, text };
    }
    default: {
      const system = systemOf(event);
      if (system === null) return null;
      const [who, what, isWarning = false] = system;
      return { kind: 'system', id, at, who, what, isWarning };
    }
  }
};

/** Where a line of an id stands or would stand. */
const placeOf = (lines: readonly Line[], id: EntryId): number => {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareIds(lines[middle]?.id ?? id, id) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Puts the lines of events where they belong, each once. The same list when none is new. */
export const addLines = (lines: readonly Line[], events: readonly StreamEvent[]): readonly Line[] => {
  let result: Line[] | undefined;
  for (const event of events) {
    const line = lineOf(event);
    if (line === null) continue;
    const current = result ?? lines;
    const place = placeOf(current, line.id);
    if (current[place]?.id === line.id) continue;
    result ??= [...lines];
    result.splice(place, 0, line);
  }
  return result ?? lines;
};

/** Lines that somebody else wants to have read. */
export const isForReading = (line: Line, agentId: string): boolean =>
  line.kind !== 'system' && line.kind !== 'notice' && line.participantId !== agentId;
