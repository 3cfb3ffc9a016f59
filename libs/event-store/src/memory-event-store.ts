import { compareEntryIds, type EntryId } from '@app/domain';
import {
  type AppendRequest,
  type AppendResult,
  type Checkpoint,
  type EventStore,
  FAR_BEHIND,
  type ReplyStart,
  type StoredEntry,
  type SyncRequest,
  type SyncResult,
} from './event-store.js';

interface MemoryStream {
  readonly entries: StoredEntry[];
  cursor: number;
  lastSeenMs: number;
  /** Where the replies of the calls that moved the cursor began, newest first. */
  lastReplies: readonly { readonly callId: string; readonly from: number }[];
  checkpoint: Checkpoint | null;
  readonly blocks: Map<number, string>;
}

/** So many calls that moved the cursor are known again when they come a second time. */
const REPLIES_KEPT = 10;

/** The store of tests that need no Redis: the same answers, from this process's memory. */
export class MemoryEventStore implements EventStore {
  private readonly streams = new Map<string, MemoryStream>();

  append(streamId: string, request: AppendRequest): Promise<AppendResult> {
    return Promise.resolve(this.appendNow(streamId, request));
  }

  confirm(streamId: string, id: EntryId): boolean {
    return this.streams.get(streamId)?.entries.some((entry) => compareEntryIds(entry, id) === 0) ?? false;
  }

  sync(streamId: string, request: SyncRequest): Promise<SyncResult> {
    return Promise.resolve(this.syncNow(streamId, request));
  }

  read(streamId: string, from: EntryId, to: EntryId, count?: number): Promise<readonly StoredEntry[]> {
    const entries = this.streams.get(streamId)?.entries ?? [];
    const inRange = entries.filter((entry) => compareEntryIds(entry, from) >= 0 && compareEntryIds(entry, to) <= 0);
    return Promise.resolve(inRange.slice(0, count));
  }

  readBlocks(streamId: string, first: number, last: number): Promise<readonly (string | undefined)[]> {
    const blocks = this.streams.get(streamId)?.blocks;
    return Promise.resolve(Array.from({ length: last - first + 1 }, (_, offset) => blocks?.get(first + offset)));
  }

  rewind(streamId: string, movedTo: number, backTo: number): Promise<void> {
    const stream = this.streams.get(streamId);
    if (stream?.cursor === movedTo) stream.cursor = backTo;
    return Promise.resolve();
  }

  private appendNow(streamId: string, request: AppendRequest): AppendResult {
    const stream = this.streams.get(streamId);
    if (request.expected === null) {
      if (stream !== undefined) return { outcome: 'missing' };
      const fresh: MemoryStream = {
        entries: [],
        cursor: 0,
        lastSeenMs: 0,
        lastReplies: [],
        checkpoint: null,
        blocks: new Map(),
      };
      this.streams.set(streamId, fresh);
      return this.write(fresh, request);
    }
    if (stream === undefined) return { outcome: 'missing' };
    const missed = this.after(stream, request.expected);
    if (missed === undefined) return { outcome: 'rolled-back' };
    if (missed.length >= FAR_BEHIND) return { outcome: 'conflict', missed: null };
    if (missed.length > 0) return { outcome: 'conflict', missed };
    return this.write(stream, request);
  }

  private write(stream: MemoryStream, request: AppendRequest): AppendResult {
    const { entries, reply, seenAtMs, checkpoint, blocks = [] } = request;
    for (const { index, text } of blocks) stream.blocks.set(index, text);
    let replyFrom: number | null = null;
    if (reply !== undefined) {
      replyFrom = this.startOf(stream, reply.from);
      stream.cursor = Math.max(stream.cursor, reply.to);
    }
    stream.lastSeenMs = seenAtMs ?? stream.lastSeenMs;
    stream.checkpoint = checkpoint ?? stream.checkpoint;
    stream.entries.push(...entries.map((entry) => ({ ...entry, replyFrom })));
    return { outcome: 'appended', replyFrom };
  }

  private syncNow(streamId: string, { known, reply, seenAtMs, callId }: SyncRequest): SyncResult {
    const stream = this.streams.get(streamId);
    if (stream === undefined) return { outcome: 'missing' };
    const missed = known === null ? [] : this.after(stream, known);
    if (missed === undefined) return { outcome: 'rolled-back' };
    const isAfresh = known === null || missed.length >= FAR_BEHIND;
    const checkpoint = isAfresh ? stream.checkpoint : null;
    const afresh = checkpoint === null ? stream.entries : (this.after(stream, checkpoint) ?? stream.entries);
    const { lastSeenMs } = stream;
    stream.lastSeenMs = seenAtMs ?? lastSeenMs;
    const replyFrom = reply === undefined ? null : this.moveCursor(stream, reply.from, callId);
    return {
      outcome: 'current',
      replyFrom,
      checkpoint,
      isAfresh,
      entries: isAfresh ? [...afresh] : missed,
      lastSeenMs,
    };
  }

  private moveCursor(stream: MemoryStream, start: ReplyStart, callId: string): number {
    const repeated = start === 'cursor' ? stream.lastReplies.find((reply) => reply.callId === callId) : undefined;
    const from = repeated?.from ?? this.startOf(stream, start);
    const end = stream.entries.at(-1)?.position ?? 0;
    if (end > stream.cursor) {
      stream.cursor = end;
      stream.lastReplies = [{ callId, from }, ...stream.lastReplies].slice(0, REPLIES_KEPT);
    }
    return from;
  }

  private startOf(stream: MemoryStream, start: ReplyStart): number {
    return start === 'cursor' ? stream.cursor : start;
  }

  /** The entries after one that must be there; undefined when it is not. */
  private after(stream: MemoryStream, id: EntryId): StoredEntry[] | undefined {
    const index = stream.entries.findLastIndex((entry) => compareEntryIds(entry, id) === 0);
    return index < 0 ? undefined : stream.entries.slice(index + 1);
  }
}
