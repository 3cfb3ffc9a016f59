/** An entry of a feed's stream as it was read. */
export interface FeedEntry {
  /** Its id in the feed. */
  readonly id: string;
  readonly partition: number;
  readonly serviceId: string;
  /** The service's last event. */
  readonly position: number;
  readonly n: number;
}

/** The form of stream entries in replies of Redis. */
export type RawEntry = readonly [id: string, fields: readonly string[]];

/** Reads an entry that the append script wrote: `s` the service, `e` the id of its last event. */
export const readFeedEntry = (partition: number, [id, fields]: RawEntry): FeedEntry | undefined => {
  const [serviceField, serviceId, eventField, event] = fields;
  const [, position, n] = /^(\d+)-(\d+)$/.exec(event ?? '') ?? [];
  if (serviceField !== 's' || serviceId === undefined || eventField !== 'e' || n === undefined) return undefined;
  return { id, partition, serviceId, position: Number(position), n: Number(n) };
};

/** The entry that tells of the later event. */
export const latestOf = (entries: readonly FeedEntry[]): FeedEntry | undefined =>
  entries.reduce<FeedEntry | undefined>((latest, entry) => {
    if (latest === undefined) return entry;
    const difference = entry.position - latest.position || entry.n - latest.n;
    return difference > 0 ? entry : latest;
  }, undefined);
