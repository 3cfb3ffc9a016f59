import { agentOfStream, type EntryId, formatEntryId, parseEntryId } from '@app/domain';
import { callScript, type KeySpace, type RedisConnection, retryUntil, type ScriptArgument } from '@app/redis';
import type { AppendRequest, AppendResult, EventStore, StoredEntry, SyncRequest, SyncResult } from './event-store.js';
import { agentUserOf, partitionOfStream } from './agent-id.js';
import type { ReplicaWait } from './replica-wait.js';
import { userKeyOf } from './service-id.js';
import { type RawEntry, rawEntries, writeValue } from './stored-value.js';

/** The field of the meta hash that holds a transcript block. */
const blockField = (index: number): string => `b${index}`;

export interface RedisEventStoreOptions {
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
  /** Waits for replicas after each append; left out, what Redis itself has taken is enough. */
  readonly replicas?: Pick<ReplicaWait, 'covers'> | undefined;
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
    const [channel = keys.feed, ...channels] = this.channelsOf(streamId, request);
    const args: ScriptArgument[] = [
      keys.stream,
      keys.meta,
      keys.feed,
      keys.due,
      keys.live,
      keys.data,
      channel,
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
      channels.join(' '),
    ];
    for (const entry of request.entries) args.push(formatEntryId(entry), writeValue(entry));
    for (const { kind, dueMs } of request.deadlines ?? []) args.push(kind, dueMs ?? '-');
    if (request.data !== undefined) {
      const pairs = Object.entries(request.data);
      args[18] = pairs.length;
      for (const [key, value] of pairs) args.push(key, value);
    }
    for (const { index, text } of request.blocks ?? []) args.push(blockField(index), text);
    const { replicas, deadlineMs } = this.options;
    if (replicas === undefined) return this.call('append-7', args).then(appendResult);
    const endMs = performance.now() + deadlineMs;
    return this.call('append-7', args).then(async (reply) => {
      const result = appendResult(reply);
      const last = request.entries.at(-1);
      if (result.outcome !== 'appended' || last === undefined) return result;
      const isKept = await replicas.covers(streamId, last, endMs - performance.now());
      // A server that was promoted in between never had it.
      return isKept ? result : { outcome: 'rolled-back' };
    });
  }

  confirm(streamId: string, id: EntryId): boolean | Promise<boolean> {
    const { replicas, deadlineMs } = this.options;
    return replicas === undefined ? true : replicas.covers(streamId, id, deadlineMs);
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
    const { stream } = this.keysOf(streamId);
    const [first, last] = [formatEntryId(from), formatEntryId(to)];
    const entries = await retryUntil(() => {
      this.roundTrips += 1;
      return count === undefined
        ? this.redis.xrange(stream, first, last)
        : this.redis.xrange(stream, first, last, 'COUNT', count);
    }, this.options.deadlineMs);
    return rawEntries(entries as unknown as readonly RawEntry[]);
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

  /** Who is told of a stream: the customer, agents, and an agent of his own. */
  private channelsOf(streamId: string, { wakeUser, wakeAgents = [] }: AppendRequest): readonly string[] {
    const users = wakeAgents.map(agentUserOf);
    if (wakeUser !== undefined) users.unshift(wakeUser);
    const agentId = agentOfStream(streamId);
    if (agentId !== undefined) users.push(agentUserOf(agentId));
    return users.map((user) => this.channelOf(streamId, user));
  }

  /** A user hears of a service in the partition of the service, wherever he lives himself. */
  private channelOf(streamId: string, user: string): string {
    return this.keys.user(partitionOfStream(streamId, this.keys.partitions), userKeyOf(user)).channel;
  }

  private keysOf(streamId: string): ReturnType<KeySpace['service']> {
    return this.keys.service(partitionOfStream(streamId, this.keys.partitions), streamId);
  }
}
