import type { WireEvent } from '../../conformance/customer.js';

/** What the answer to one try of a write says about it. */
export type TryOutcome =
  /** 200: it is in the transcript, at the position answered. */
  | 'kept'
  /** An answer after which nothing may have been stored. */
  | 'refused'
  /** A 503 that says to try again, a dead connection, silence: it may have been stored. */
  | 'unknown';

/** One try of a write. The numbers are those of a clock that only counts what happens, in order. */
export interface Try {
  readonly kind: 'try';
  readonly chat: string;
  /** No two writes have the same; all tries of a write do. */
  readonly text: string;
  readonly outcome: TryOutcome;
  /** Where it is; with `kept` only. */
  readonly position?: number;
  readonly begun: number;
  readonly ended: number;
}

/** One answer that showed events: `events` end at `position`. */
export interface Reading {
  readonly kind: 'reading';
  readonly chat: string;
  readonly reader: string;
  /** The position after which the reader asked for; left out where the server remembers it. */
  readonly after?: number;
  readonly position: number;
  readonly events: readonly WireEvent[];
  readonly begun: number;
  readonly ended: number;
}

/** A whole transcript, read afresh when everything was over. */
export interface Transcript {
  readonly kind: 'transcript';
  readonly chat: string;
  readonly reader: string;
  readonly events: readonly { readonly position: number; readonly event: WireEvent }[];
  /** Where the hash chain breaks first; for the store only. */
  readonly brokenAt?: string;
}

export type HistoryLine = Try | Reading | Transcript;

/** All that clients did and were told, in memory; each line could be a line of JSON. */
export class History {
  readonly lines: HistoryLine[] = [];
  private ticks = 0;

  /** The next number of the clock. */
  tick(): number {
    return (this.ticks += 1);
  }

  add(line: HistoryLine): void {
    this.lines.push(line);
  }

  /** The last lines that name a chat, for whoever looks into a violation. */
  tail(chat: string, count: number): readonly string[] {
    return this.lines
      .filter((line) => line.chat === chat && line.kind !== 'transcript')
      .slice(-count)
      .map((line) => JSON.stringify(line));
  }
}
