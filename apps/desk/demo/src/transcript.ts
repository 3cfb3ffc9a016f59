/** One event of the v1 API: type, nickname, text, whole seconds since the start, party. */
export type WireEvent = readonly [type: string, nickname: string, text: string, seconds: string, party: string];

/** What a reply or a pushed message says of a chat. */
export interface Batch {
  readonly chatIxnState: string;
  readonly transcriptPosition: string | number;
  readonly transcriptToShow?: readonly WireEvent[];
  readonly startedAt?: string;
}

export interface Line {
  /** The event's own place, which tells repeats. */
  readonly position: number;
  readonly type: string;
  readonly nickname: string;
  readonly text: string;
  readonly seconds: number;
  readonly party: string;
}

export interface Transcript {
  /** In the order of their positions. */
  readonly lines: readonly Line[];
  /** Up to where nothing is missing: what to ask for next comes after it. */
  readonly position: number;
  readonly startedAtMs: number | null;
  readonly isEnded: boolean;
}

export const NOTHING_YET: Transcript = { lines: [], position: 1, startedAtMs: null, isEnded: false };

/**
 * Up to where nothing is missing once a batch has come. What `send` answers begins at the server's own cursor: when an
 * earlier reply was lost on the way, there is a hole before it, and then the next `refresh` has to ask from before the hole.
 */
export const positionAfter = (position: number, { transcriptPosition, transcriptToShow = [] }: Batch): number => {
  const end = Number(transcriptPosition);
  const hasHole = end - transcriptToShow.length > position;
  return hasHole || !Number.isFinite(end) ? position : Math.max(position, end);
};

/**
 * Takes a batch into a transcript. A batch is contiguous and ends at its position P, so the event at index i of n stands at
 * P-(n-1)+i; whatever comes twice has a position that is there already.
 */
export const takeBatch = (transcript: Transcript, batch: Batch): Transcript => {
  const end = Number(batch.transcriptPosition);
  const events = batch.transcriptToShow ?? [];
  const known = new Set(transcript.lines.map(({ position }) => position));
  const fresh = events
    .map(([type, nickname, text, seconds, party], index): Line => {
      return { position: end - (events.length - 1) + index, type, nickname, text, seconds: Number(seconds), party };
    })
    .filter(({ position }) => !known.has(position));
  return {
    lines:
      fresh.length === 0 ? transcript.lines : [...transcript.lines, ...fresh].sort((a, b) => a.position - b.position),
    position: positionAfter(transcript.position, batch),
    startedAtMs: batch.startedAt === undefined ? transcript.startedAtMs : Date.parse(batch.startedAt),
    isEnded: transcript.isEnded || batch.chatIxnState === 'DISCONNECTED',
  };
};

/** The nicknames of those who are typing just now. */
export const typingIn = ({ lines, isEnded }: Transcript): readonly string[] => {
  const typing = new Set<string>();
  for (const { type, nickname, party } of lines) {
    if (party === 'CLIENT') continue;
    if (type === 'Notice.TypingStarted') typing.add(nickname);
    else typing.delete(nickname);
  }
  return isEnded ? [] : [...typing];
};

const URL_START = /^https?:\/\/[^\s<>"]+$/i;

/** Only what is surely a web page becomes a link. */
export const isWebPage = (text: string): boolean => URL_START.test(text) && URL.canParse(text);
