import { compareEntryIds, type EntryId, formatEntryId, parseEntryId } from '@app/domain';
import { type KeySpace, type RedisConnection, retryUntil } from '@app/redis';
import { partitionOfStream } from './agent-id.js';
import { CHAIN_START, chainHash } from './hash-chain.js';
import { type RawEntry, readEntry } from './stored-value.js';

/** What is wrong with a stream, at its first place. */
export interface TranscriptFault {
  /** The entry at which it shows: `<position>-<n>`. */
  readonly at: string;
  readonly what: string;
}

export interface TranscriptVerdict {
  readonly streamId: string;
  readonly entries: number;
  /** Undefined: sound. */
  readonly fault: TranscriptFault | undefined;
  /** Positions that a failover took back and that were not given again; the chain goes on over them. */
  readonly holes: readonly number[];
}

/** Entries of one read. */
const PAGE = 500;
/** Holes that are named. */
const HOLES_MAX = 20;

/** Walks the hash chain of one stream, entry by entry; it keeps nothing but the last hash. */
export class ChainWalk {
  private hash = CHAIN_START;
  private last: EntryId | undefined;
  private count = 0;
  private found: TranscriptFault | undefined;
  private readonly missing: number[] = [];

  constructor(private readonly streamId: string) {}

  get fault(): TranscriptFault | undefined {
    return this.found;
  }

  /** The next entry, as Redis has it. What comes after a fault is not judged: everything after it breaks as well. */
  take(id: string, value: string): void {
    this.count += 1;
    if (this.found !== undefined) return;
    let entry;
    try {
      entry = readEntry(id, value);
      JSON.parse(entry.body);
      if (entry.line !== '') JSON.parse(entry.line);
    } catch {
      this.found = { at: id, what: 'cannot be read' };
      return;
    }
    const { line, body, hash } = entry;
    if (chainHash(this.hash, entry, line, body) !== hash) {
      const isFirst = this.last === undefined;
      this.found = {
        at: id,
        what: isFirst
          ? 'was changed, or something before it is missing: the chain does not begin here'
          : `was changed, or something between ${formatEntryId(this.last ?? entry)} and it is missing or was put in`,
      };
      return;
    }
    const before = this.last?.position ?? 0;
    for (let hole = before + 1; hole < entry.position && this.missing.length < HOLES_MAX; hole += 1) {
      this.missing.push(hole);
    }
    // An event without a position after a hole stands at the position that was lost.
    if (entry.n > 0 && entry.position > before && this.missing.length < HOLES_MAX) this.missing.push(entry.position);
    this.hash = hash;
    this.last = { position: entry.position, n: entry.n };
  }

  /**
   * @param reached - how far the stream is known to have come: a cut end breaks no chain
   */
  verdict(reached?: EntryId): TranscriptVerdict {
    const { streamId, count: entries, missing: holes, last } = this;
    const isCut = last !== undefined && reached !== undefined && compareEntryIds(last, reached) < 0;
    const cut = isCut
      ? { at: formatEntryId(last), what: `is the last, but it was answered up to ${formatEntryId(reached)}` }
      : undefined;
    return { streamId, entries, fault: this.found ?? cut, holes };
  }
}

/** Verifies streams of a store, reading page by page. */
export class TranscriptVerifier {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    /** Time for all tries of one call together, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  /** @returns undefined when there is no such stream @throws StoreUnavailableError */
  async verify(streamId: string): Promise<TranscriptVerdict | undefined> {
    const walk = new ChainWalk(streamId);
    let isThere = false;
    for await (const [id, value] of this.entries(streamId)) {
      isThere = true;
      walk.take(id, value);
      if (walk.fault !== undefined) break;
    }
    return isThere ? walk.verdict(await this.reached(streamId)) : undefined;
  }

  /** All entries of a stream as they are stored, oldest first. @throws StoreUnavailableError */
  async *entries(streamId: string): AsyncGenerator<readonly [id: string, value: string]> {
    const { stream } = this.keysOf(streamId);
    let from = '-';
    for (;;) {
      const page = (await retryUntil(
        () => this.redis.xrange(stream, from, '+', 'COUNT', PAGE),
        this.deadlineMs,
      )) as unknown as readonly RawEntry[];
      for (const [id, fields] of page) yield [id, fields[1]];
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      from = `(${last[0]}`;
    }
  }

  /** How far a checkpoint or a reply has come. */
  private async reached(streamId: string): Promise<EntryId | undefined> {
    const { meta } = this.keysOf(streamId);
    const [checkpoint, cursor] = await retryUntil(() => this.redis.hmget(meta, 'k', 'c'), this.deadlineMs);
    const places: EntryId[] = [];
    if (checkpoint !== null && checkpoint !== undefined) places.push(parseEntryId(checkpoint));
    if (cursor !== null && cursor !== undefined) places.push({ position: Number(cursor), n: 0 });
    return places.sort(compareEntryIds).at(-1);
  }

  private keysOf(streamId: string): ReturnType<KeySpace['service']> {
    return this.keys.service(partitionOfStream(streamId, this.keys.partitions), streamId);
  }
}
