/** The keys of one service, all on the hash slot of its partition. */
export interface ServiceKeys {
  /** The events: a stream. */
  readonly stream: string;
  /** Cursor, last-seen time and checkpoint: a hash. */
  readonly meta: string;
  /** Service data and files that the application stores: a hash. */
  readonly data: string;
  /** "Service X reached id": a stream per partition. It is also the name of its wake-up channel. */
  readonly feed: string;
  /** Deadlines, `<kind>|<service>` by due time in ms: a sorted set per partition. */
  readonly due: string;
  /** Services that are neither expired nor deleted, by creation time in ms: a sorted set per partition. */
  readonly live: string;
}

/** The keys of one end user, all on the hash slot of his partition. */
export interface UserKeys {
  /** The chats that are delivered to him: service to `<committed entry id> <delivered from, ms> <ended at ms or 0>[ away]`: a hash. */
  readonly chats: string;
  /** His Bayeux clients by the time at which they expire (ms): a sorted set. */
  readonly clients: string;
  /** His services by the time of their chats' start (ms), those of the past too: a sorted set. */
  readonly history: string;
  /** How often he shook hands of late: a counter that expires. */
  readonly handshakes: string;
  /** Prefix of the hash of each of his Bayeux clients. */
  readonly client: string;
  /** Prefix of the streams of services in the same partition. */
  readonly streams: string;
  /** Where gateways hear that there is something new for him. */
  readonly channel: string;
}

/**
 * The one home of key names. Everything of a partition carries the partition's hash tag, so that one script call can
 * hold it together in a Cluster; no key of another tag ever meets it in a script.
 */
export class KeySpace {
  /**
   * @param prefix - first part of every key; tests use a random one
   * @param partitions - number of hash tags; fixed for the life of a store
   */
  constructor(
    readonly prefix: string,
    readonly partitions: number,
  ) {}

  service(partition: number, id: string): ServiceKeys {
    const tag = this.tag(partition);
    return {
      stream: `${this.streams(partition)}${id}`,
      meta: `${tag}m:${id}`,
      data: `${tag}d:${id}`,
      feed: `${tag}feed`,
      due: `${tag}due`,
      live: `${tag}live`,
    };
  }

  /** @param userKey - a user's name as it stands in keys, see `userKeyOf` */
  user(partition: number, userKey: string): UserKeys {
    const tag = this.tag(partition);
    return {
      chats: `${tag}u:${userKey}`,
      clients: `${tag}uc:${userKey}`,
      history: `${tag}h:${userKey}`,
      handshakes: `${tag}uh:${userKey}`,
      client: `${tag}c:`,
      streams: this.streams(partition),
      channel: `${tag}w:${userKey}`,
    };
  }

  feed(partition: number): string {
    return `${this.tag(partition)}feed`;
  }

  /** Feed entries that no handler could take: a stream per partition. */
  deadLetters(partition: number): string {
    return `${this.tag(partition)}dead`;
  }

  /** Services that are neither expired nor deleted: a sorted set per partition. */
  live(partition: number): string {
    return `${this.tag(partition)}live`;
  }

  due(partition: number): string {
    return `${this.tag(partition)}due`;
  }

  /** Where a process hears itself, to know that it would hear others: a channel of the partition. */
  beat(partition: number, processId: string): string {
    return `${this.tag(partition)}beat:${processId}`;
  }

  /** Prefix of the routing table, which is one hash slot. */
  routing(): string {
    return `${this.prefix}:{r}:`;
  }

  /** Sources of service logics by content hash: a hash. */
  logics(): string {
    return `${this.prefix}:{r}:logics`;
  }

  /** Written by readiness probes, and by those who wait for replicas. */
  probe(partition = 0): string {
    return `${this.tag(partition)}probe`;
  }

  /** Prefix of the streams of a partition. */
  streams(partition: number): string {
    return `${this.tag(partition)}s:`;
  }

  /** The key of the tokens in `poke_url`, where no setting says another. */
  pokeSecret(): string {
    return `${this.tag(0)}poke-secret`;
  }

  /** Prefix of the counters of who does how much: one tag, as no script spans two. */
  rates(): string {
    return `${this.tag(0)}rate`;
  }

  /** What administrators did: a stream. */
  audit(): string {
    return `${this.tag(0)}audit`;
  }

  /** BullMQ's keys share one tag of their own. */
  queues(): string {
    return `{${this.prefix}:queues}`;
  }

  private tag(partition: number): string {
    return `${this.prefix}:{p${partition}}:`;
  }
}
