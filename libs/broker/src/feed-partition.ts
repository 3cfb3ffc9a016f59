import type { ConsumerGroup } from './consumer-group.js';
import { type FeedEntry, type RawEntry, readFeedEntry } from './feed-entry.js';

export interface PartitionOptions {
  readonly claimIdleMs: number;
  readonly deliveriesMax: number;
  /** Gets every entry that is to be handled. */
  readonly onEntry: (entry: FeedEntry) => void;
  /** Told of entries taken over from others. */
  readonly onClaimed: (entries: number) => void;
  /** Told of an entry that was delivered too often: its workers died of it. */
  readonly onDeadly: (entry: FeedEntry) => void;
  /** Told when Redis could not be asked; the next sweep tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Entries of one partition that may be in this process at a time: more stay for others, and in Redis. */
const HELD_MAX = 256;
/** Entries of one read at most. */
const READ_MAX = 100;
/** Entries of one acknowledgement at most. */
const ACKNOWLEDGE_MAX = 500;
/** An entry as fresh as this needs no touch, in milliseconds. */
const FRESH_MS = 1_000;

/** The feed of one partition, as this process consumes it: which entries are here, and which have been dealt with. */
export class FeedPartition {
  /** Entries from being read until being acknowledged or buried: when they came (monotonic ms). */
  private readonly held = new Map<string, number>();
  private readonly done: string[] = [];
  private readonly dead: { readonly entry: FeedEntry; readonly reason: string }[] = [];
  private reading: Promise<void> | undefined;
  private isDirty = false;
  private isFull = false;
  private flushing: Promise<void> | undefined;
  private isSweeping = false;
  /** A reply was lost: there may be entries of ours that we never saw. */
  private hasLostReply = false;
  private isStopped = false;

  constructor(
    private readonly index: number,
    private readonly group: ConsumerGroup,
    private readonly options: PartitionOptions,
  ) {}

  /** There may be new entries: reads until there are none. One read at a time, however many wake-ups come. */
  wake(): void {
    this.isDirty = true;
    this.reading ??= this.readWhileDirty().finally(() => {
      this.reading = undefined;
      // A wake-up may have come between the last look and here.
      if (this.isDirty && !this.isFull && !this.hasLostReply && !this.isStopped) this.wake();
    });
  }

  /** Makes good what was lost, here or by others. */
  async sweep(): Promise<void> {
    if (this.isSweeping || this.isStopped) return;
    this.isSweeping = true;
    try {
      await this.flush();
      await this.touchHeld();
      await this.claimLost();
      await this.claimAbandoned();
      this.wake();
      await this.reading;
    } catch (error) {
      this.options.onTrouble(error);
    } finally {
      this.isSweeping = false;
    }
  }

  /** These are dealt with. */
  acknowledge(entries: readonly FeedEntry[]): void {
    for (const { id } of entries) this.done.push(id);
    void this.flush();
  }

  /** Nobody can handle these. */
  bury(entries: readonly FeedEntry[], reason: string): void {
    for (const entry of entries) this.dead.push({ entry, reason });
    void this.flush();
  }

  /** Reads no more; resolves when no read is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.reading;
  }

  /** Gives back what is still here, and takes leave of the group. */
  async leave(): Promise<void> {
    try {
      await this.flush();
      await this.group.handBack(this.index, [...this.held.keys()], this.options.claimIdleMs);
      await this.group.leave(this.index);
    } catch (error) {
      this.options.onTrouble(error);
    }
  }

  private async readWhileDirty(): Promise<void> {
    try {
      while (this.isDirty && !this.isStopped) {
        const room = Math.min(READ_MAX, HELD_MAX - this.held.size);
        this.isFull = room <= 0;
        if (this.isFull) return;
        this.isDirty = false;
        const entries = await this.group.readNew(this.index, room);
        if (entries.length === room) this.isDirty = true;
        this.accept(entries);
      }
    } catch (error) {
      this.hasLostReply = true;
      this.options.onTrouble(error);
    }
  }

  private accept(entries: readonly RawEntry[], deliveries?: ReadonlyMap<string, number>): void {
    for (const raw of entries) {
      const [id] = raw;
      if (this.held.has(id)) continue;
      this.held.set(id, performance.now());
      const entry = readFeedEntry(this.index, raw);
      if (entry === undefined) {
        const unreadable = { id, partition: this.index, serviceId: '', position: 0, n: 0 };
        this.bury([unreadable], 'MALFORMED_ENTRY');
      } else if ((deliveries?.get(id) ?? 1) > this.options.deliveriesMax) {
        this.options.onDeadly(entry);
      } else {
        this.options.onEntry(entry);
      }
    }
  }

  /** Others take over what its consumer seems to have forgotten. */
  private async touchHeld(): Promise<void> {
    const beforeMs = performance.now() - FRESH_MS;
    const older = [...this.held].filter(([, sinceMs]) => sinceMs < beforeMs).map(([id]) => id);
    await this.group.touch(this.index, older);
  }

  private async claimLost(): Promise<void> {
    if (!this.hasLostReply) return;
    const lost = (await this.group.own(this.index)).filter(({ id }) => !this.held.has(id));
    this.hasLostReply = false;
    this.accept(await this.group.claim(this.index, 0, idsOf(lost), 1));
  }

  private async claimAbandoned(): Promise<void> {
    const { claimIdleMs } = this.options;
    if (this.held.size >= HELD_MAX) return;
    const idle = (await this.group.idle(this.index, claimIdleMs)).filter(({ id }) => !this.held.has(id));
    const ours = idle.filter(({ consumer }) => consumer === this.group.consumer);
    this.accept(await this.group.claim(this.index, claimIdleMs, idsOf(ours), 1));
    const others = idle.filter(({ consumer }) => consumer !== this.group.consumer);
    const claimed = await this.group.claim(this.index, claimIdleMs, idsOf(others));
    if (claimed.length > 0) this.options.onClaimed(claimed.length);
    this.accept(claimed, new Map(others.map(({ id, deliveries }) => [id, deliveries + 1])));
  }

  /** Writes down what was dealt with: one call at a time, so that the next one gathers. */
  private flush(): Promise<void> {
    if (this.flushing !== undefined) return this.flushing;
    if (this.done.length === 0 && this.dead.length === 0) return Promise.resolve();
    this.flushing = this.flushAll().then((isWritten) => {
      this.flushing = undefined;
      return isWritten ? this.flush() : undefined;
    });
    return this.flushing;
  }

  /** @returns false when Redis could not be told: the next sweep tries again */
  private async flushAll(): Promise<boolean> {
    try {
      while (this.done.length > 0) {
        const acknowledged = this.done.slice(0, ACKNOWLEDGE_MAX);
        await this.group.acknowledge(this.index, acknowledged);
        this.done.splice(0, acknowledged.length);
        this.release(acknowledged);
      }
      for (let first = this.dead[0]; first !== undefined; first = this.dead[0]) {
        await this.group.bury(first.entry, first.reason);
        this.dead.shift();
        this.release([first.entry.id]);
      }
      return true;
    } catch (error) {
      this.options.onTrouble(error);
      return false;
    }
  }

  private release(ids: readonly string[]): void {
    for (const id of ids) this.held.delete(id);
    if (!this.isFull) return;
    this.isFull = false;
    this.wake();
  }
}

const idsOf = (entries: readonly { readonly id: string }[]): string[] => entries.map(({ id }) => id);
