import { type EntryId, formatEntryId, parseEntryId } from '@app/domain';
import { callScript, type KeySpace, type RedisConnection, retryUntil, type ScriptArgument } from '@app/redis';
import type { AppendRequest, AppendResult, EventStore, StoredEntry, SyncRequest, SyncResult } from './event-store.js';
import { partitionOfService, userKeyOf } from './service-id.js';
import { lineOf, type RawEntry, rawEntries, writeValue } from './stored-value.js';

/** The field of the meta hash that holds a transcript block. */
const blockField = (index: number): string => `b${index}`;

export interface RedisEventStoreOptions {
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
}

const appendResult = (reply: unknown): AppendResult => {
  const [status, detail] = reply as [number, unknown];
  if (status === 1) return { outcome: 'appended', replyFrom: detail === -1 ? null : (detail as number) };
  if (status === -1) return { outcome: 'missing' };
  if (status === -2) return { outcome: 'rolled-back' };
  const missed = detail as readonly RawEntry[];
  return { outcome: 'conflict', missed: missed.length === 0 ? null : rawEntries(missed) };
};

/** Streams in Redis; each verb but the reads is one script call on one hash slot. */
export class RedisEventStore implements EventStore {
  /** Script calls and reads sent, tries included: what a benchmark divides by its messages. */
  roundTrips = 0;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly options: RedisEventStoreOptions,
  ) {}

  append(streamId: string, request: AppendRequest): Promise<AppendResult> {
    const keys = this.keysOf(streamId);
    const { wakeUser } = request;
    const args: ScriptArgument[] = [
      keys.stream,
      keys.meta,
      keys.feed,
      keys.due,
      keys.live,
      keys.data,
      wakeUser === undefined ? keys.feed : this.channelOf(streamId, wakeUser),
      request.expected === null ? '' : formatEntryId(request.expected),
      streamId,
      request.seenAtMs ?? '',
      request.reply === undefined ? '' : request.reply.from === 'cursor' ? 'c' : request.reply.from,
      request.reply?.to ?? 0,
      request.expireS ?? 0,
      request.checkpoint === undefined ? '' : formatEntryId(request.checkpoint),
      request.checkpoint?.text ?? '',
      request.live === undefined ? '' : request.live === 'remove' ? '-' : request.live.sinceMs,
      request.entries.length,
      request.deadlines?.length ?? 0,
      0,
    ];
    for (const entry of request.entries) args.push(formatEntryId(entry), writeValue(entry));
    for (const { kind, dueMs } of request.deadlines ?? []) args.push(kind, dueMs ?? '-');
    if (request.data !== undefined) {
      const pairs = Object.entries(request.data);
      args[18] = pairs.length;
      for (const [key, value] of pairs) args.push(key, value);
    }
    for (const { index, text } of request.blocks ?? []) args.push(blockField(index), text);
    return this.call('append-7', args).then(appendResult);
  }

  async sync(streamId: string, { known, reply, seenAtMs, callId }: SyncRequest): Promise<SyncResult> {
    const keys = this.keysOf(streamId);
    const args = [
      keys.stream,
      keys.meta,
      known === null ? '' : formatEntryId(known),
      reply === undefined ? '' : reply.from === 'cursor' ? 'c' : reply.from,
      seenAtMs ?? '',
      callId,
    ];
    const [status, from, checkpoint, entries, lastSeen, checkpointId, isAfresh] = (await this.call(
      'sync-2',
      args,
      true,
    )) as [number, number, string, readonly RawEntry[], string, string, number];
    if (status === -1) return { outcome: 'missing' };
    if (status === -2) return { outcome: 'rolled-back' };
    return {
      outcome: 'current',
      replyFrom: from === -1 ? null : from,
      checkpoint: checkpoint === '' ? null : { ...parseEntryId(checkpointId), text: checkpoint },
      isAfresh: isAfresh === 1,
      entries: rawEntries(entries),
      lastSeenMs: lastSeen === '' ? 0 : Number(lastSeen),
    };
  }

  async read(streamId: string, from: EntryId, to: EntryId, count?: number): Promise<readonly StoredEntry[]> {
    const entries = await this.range(streamId, formatEntryId(from), formatEntryId(to), count);
    return rawEntries(entries);
  }

  async readLines(streamId: string, fromPosition: number, toPosition: number): Promise<readonly string[]> {
    const entries = await this.range(streamId, `${fromPosition}-0`, `${toPosition}-0`);
    const lines: string[] = [];
    for (const [, fields] of entries) {
      const line = lineOf(fields[1]);
      if (line !== '') lines.push(line);
    }
    return lines;
  }

  async readBlocks(streamId: string, first: number, last: number): Promise<readonly (string | undefined)[]> {
    const { meta } = this.keysOf(streamId);
    const fields = Array.from({ length: last - first + 1 }, (_, offset) => blockField(first + offset));
    const texts = await retryUntil(() => {
      this.roundTrips += 1;
      return this.redis.hmget(meta, ...fields);
    }, this.options.deadlineMs);
    return texts.map((text) => text ?? undefined);
  }

  async rewind(streamId: string, movedTo: number, backTo: number): Promise<void> {
    await this.call('rewind-1', [this.keysOf(streamId).meta, movedTo, backTo]);
  }

  private range(streamId: string, from: string, to: string, count?: number): Promise<readonly RawEntry[]> {
    const { stream } = this.keysOf(streamId);
    return retryUntil(() => {
      this.roundTrips += 1;
      const range =
        count === undefined ? this.redis.xrange(stream, from, to) : this.redis.xrange(stream, from, to, 'COUNT', count);
      return range as Promise<unknown> as Promise<readonly RawEntry[]>;
    }, this.options.deadlineMs);
  }

  private call(
    name: 'append-7' | 'sync-2' | 'rewind-1',
    args: readonly ScriptArgument[],
    tellsRetry = false,
  ): Promise<unknown> {
    return retryUntil((attempt) => {
      this.roundTrips += 1;
      return callScript(this.redis, name, tellsRetry ? [...args, attempt === 0 ? '' : '1'] : args);
    }, this.options.deadlineMs);
  }

  /** A user hears of a service in the partition of the service, wherever he lives himself. */
  private channelOf(streamId: string, user: string): string {
    return this.keys.user(partitionOfService(streamId, this.keys.partitions), userKeyOf(user)).channel;
  }

  private keysOf(streamId: string): ReturnType<KeySpace['service']> {
    return this.keys.service(partitionOfService(streamId, this.keys.partitions), streamId);
  }
}
