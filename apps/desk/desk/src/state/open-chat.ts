import type { Chat, EntryId, EventsPage, StreamEvent } from '../api/shapes.js';
import { evolveChat } from './chat-fold.js';
import { BEFORE_FIRST, isAfter, laterOf } from './entry-id.js';
import { addLines, isForReading, type Line } from './transcript-line.js';

/** What is being written, and for whom. */
export interface Draft {
  readonly text: string;
  readonly isWhisper: boolean;
}

/**
 * A chat at the desk: what was loaded and what was pushed, in any order, come to the same.
 * Everything up to `completeTo` is there; what lies beyond has no gaps once `isComplete`.
 */
export interface OpenChat {
  readonly serviceId: string;
  /** Null until it was loaded. */
  readonly chat: Chat | null;
  /** False: `chat` may have missed events; those pushed meanwhile are in `unfolded`. */
  readonly isHeadCurrent: boolean;
  readonly unfolded: readonly StreamEvent[];
  readonly lines: readonly Line[];
  readonly completeTo: EntryId;
  readonly isComplete: boolean;
  /** The last event that the agent has seen. */
  readonly seenTo: EntryId;
  readonly unread: number;
  readonly draft: Draft;
  /** Why it could not be loaded. */
  readonly problem: string | null;
}

const NO_DRAFT: Draft = { text: '', isWhisper: false };

export const newOpenChat = (serviceId: string, known: Partial<Pick<OpenChat, 'seenTo' | 'draft'>> = {}): OpenChat => ({
  ...{ serviceId, chat: null, isHeadCurrent: false, unfolded: [], lines: [] },
  ...{ completeTo: BEFORE_FIRST, isComplete: false, unread: 0, problem: null },
  seenTo: known.seenTo ?? BEFORE_FIRST,
  draft: known.draft ?? NO_DRAFT,
});

const countUnread = (lines: readonly Line[], seenTo: EntryId, agentId: string): number => {
  let count = 0;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    if (line === undefined || !isAfter(line.id, seenTo)) break;
    if (isForReading(line, agentId)) count += 1;
  }
  return count;
};

const withLines = (open: OpenChat, events: readonly StreamEvent[], agentId: string): OpenChat => {
  const lines = addLines(open.lines, events);
  return lines === open.lines ? open : { ...open, lines, unread: countUnread(lines, open.seenTo, agentId) };
};

const lastIdOf = (events: readonly StreamEvent[], otherwise: EntryId): EntryId =>
  events.reduce((last, { id }) => laterOf(last, id), otherwise);

/** Takes in what was pushed. */
export const takePushed = (open: OpenChat, events: readonly StreamEvent[], agentId: string): OpenChat => {
  const shown = withLines(open, events, agentId);
  const completeTo = open.isComplete ? lastIdOf(events, open.completeTo) : open.completeTo;
  if (open.chat === null || !open.isHeadCurrent) {
    return { ...shown, completeTo, unfolded: [...open.unfolded, ...events] };
  }
  return { ...shown, completeTo, chat: events.reduce(evolveChat, open.chat) };
};

/** Takes in the chat as the server has it. */
export const takeSnapshot = (open: OpenChat, chat: Chat): OpenChat => {
  // What is known already may be newer than an answer that was long on its way.
  if (open.isHeadCurrent && open.chat !== null && isAfter(open.chat.lastId, chat.lastId)) return open;
  return { ...open, chat: open.unfolded.reduce(evolveChat, chat), isHeadCurrent: true, unfolded: [], problem: null };
};

/** Takes in a page of its events. @param isSince - whether it was asked for after the last break */
export const takePage = (open: OpenChat, page: EventsPage, isSince: boolean, agentId: string): OpenChat => {
  const shown = withLines(open, page.events, agentId);
  const completeTo = laterOf(open.completeTo, page.lastId);
  if (page.hasMore || !isSince) return { ...shown, completeTo };
  const lastLine = shown.lines.at(-1)?.id ?? completeTo;
  return { ...shown, completeTo: laterOf(completeTo, lastLine), isComplete: true };
};

/** After a break of the connection nothing is known to be without gaps. */
export const doubt = (open: OpenChat): OpenChat => ({
  ...open,
  ...{ isHeadCurrent: false, isComplete: false, problem: null },
});

/** The agent has read all there is. */
export const markSeen = (open: OpenChat): OpenChat => {
  const last = open.lines.at(-1)?.id;
  if (last === undefined || (open.unread === 0 && !isAfter(last, open.seenTo))) return open;
  return { ...open, unread: 0, seenTo: laterOf(open.seenTo, last) };
};
