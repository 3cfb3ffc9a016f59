import type { EntryId } from '@app/domain';

/** One event as a stream holds it. Texts contain no line feed: they are JSON. */
export interface StoredEntry extends EntryId {
  /** What the customer sees of it, ready to send, or ''. */
  readonly line: string;
  /** Envelope and data, JSON. */
  readonly body: string;
  /** Hash chain: 16 bytes in base64url over the hash before, the id and the two texts. */
  readonly hash: string;
  /** The cursor before the reply to the command that caused it; null when that reply shows no events. */
  readonly replyFrom: number | null;
}

export interface Checkpoint extends EntryId {
  readonly text: string;
}

/** The lines of 64 positions in one text, kept with checkpoints so that a long replay is a few reads. Derived. */
export interface TranscriptBlock {
  /** Block i holds positions 64 i + 1 … 64 i + 64. */
  readonly index: number;
  /** One line for each position, '' where there is none, separated by line feeds. */
  readonly text: string;
}

/** Where a reply that shows events begins: at the customer's cursor, or after a position that he names. */
export type ReplyStart = 'cursor' | number;

export interface DeadlineChange {
  readonly kind: string;
  /** Null when the deadline no longer applies. */
  readonly dueMs: number | null;
}

/** Everything that must hold together with the events of one command. */
export interface AppendRequest {
  /** The event up to which the writer folded; null when the stream must not exist yet. */
  readonly expected: EntryId | null;
  readonly entries: readonly Omit<StoredEntry, 'replyFrom'>[];
  /** Present when the command's reply shows events: the cursor moves to its end. */
  readonly reply?: { readonly from: ReplyStart; readonly to: number };
  /** Store time at which the customer was seen, when this command comes from him. */
  readonly seenAtMs?: number;
  readonly expireS?: number;
  readonly checkpoint?: Checkpoint;
  /** Complete blocks that are not stored yet. Two writers write the same text. */
  readonly blocks?: readonly TranscriptBlock[];
  /** Puts the stream on the index of live ones (with its creation time) or takes it off. */
  readonly live?: { readonly sinceMs: number } | 'remove';
  readonly deadlines?: readonly DeadlineChange[];
  /** The user whose held connects are told that there is something new. */
  readonly wakeUser?: string;
  /** Agents who are told of it, by id. */
  readonly wakeAgents?: readonly string[];
  /** Service data to store with the first event. */
  readonly data?: Readonly<Record<string, string>>;
}

export type AppendResult =
  | { readonly outcome: 'appended'; readonly replyFrom: number | null }
  /** Somebody else appended since. `missed` is null when it is so much that loading afresh is cheaper. */
  | { readonly outcome: 'conflict'; readonly missed: readonly StoredEntry[] | null }
  /** No such stream, or it exists although it must not. */
  | { readonly outcome: 'missing' }
  /** The stream ends before `expected`: the store lost what it had. */
  | { readonly outcome: 'rolled-back' };

export interface SyncRequest {
  /** The last event that the reader knows; null = none. */
  readonly known: EntryId | null;
  readonly reply?: { readonly from: ReplyStart };
  readonly seenAtMs?: number;
  /** Names the call, so that a try after a lost reply moves no cursor twice. */
  readonly callId: string;
}

export type SyncResult =
  | {
      readonly outcome: 'current';
      /** Where the reply begins, when one was asked for. */
      readonly replyFrom: number | null;
      /** Present when the reader knew nothing, or was far behind: the entries follow it and replace what he knew. */
      readonly checkpoint: Checkpoint | null;
      /** True when the entries do not continue `known` but the checkpoint, or the beginning. */
      readonly isAfresh: boolean;
      readonly entries: readonly StoredEntry[];
      /** Store time at which the customer was last seen before this call; 0 = never. */
      readonly lastSeenMs: number;
    }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'rolled-back' };

/**
 * One stream per aggregate, appended to atomically and only by writers who know its end. Ids name their partition.
 * Every verb may be tried again with the same arguments after its outcome became unknown.
 * @throws StoreUnavailableError by every verb, when the store does not answer in time
 */
export interface EventStore {
  append(streamId: string, request: AppendRequest): Promise<AppendResult>;
  /**
   * Resolves when an event of an earlier append is as safe as this store makes its appends: what another call wrote may be
   * on its way to the replicas still.
   * @returns false when the store does not have it any more
   */
  confirm(streamId: string, id: EntryId): boolean | Promise<boolean>;
  /** Brings a reader up to date and, with `reply`, reads and moves the customer's cursor in the same step. */
  sync(streamId: string, request: SyncRequest): Promise<SyncResult>;
  /** Entries with `from` ≤ id ≤ `to`, at most `count`. */
  read(streamId: string, from: EntryId, to: EntryId, count?: number): Promise<readonly StoredEntry[]>;
  /** The texts of blocks first…last; undefined for one that is not stored. */
  readBlocks(streamId: string, first: number, last: number): Promise<readonly (string | undefined)[]>;
  /** Sets the customer's cursor back after a reply that could not be written, unless it has moved since. */
  rewind(streamId: string, movedTo: number, backTo: number): Promise<void>;
}

/** Greater than every `n`. */
export const MAX_N = Number.MAX_SAFE_INTEGER;

/** More than so many missed entries are not returned one by one: the checkpoint is nearer. */
export const FAR_BEHIND = 257;
