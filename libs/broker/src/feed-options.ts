import type { KeySpace, RedisConnection } from '@app/redis';

/** The part of a logger that the feed uses; pino fits. */
export interface FeedLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What metrics are told. */
export interface FeedHooks {
  /** Handlers were called once for so many entries of one service, and all is well. */
  readonly onHandled?: (entries: number) => void;
  /** A handler failed; `store`: the store was away, which does not count against the entry. */
  readonly onFailed?: (cause: 'store' | 'handler') => void;
  /** Entries of a dead consumer were taken over. */
  readonly onClaimed?: (entries: number) => void;
  /** An entry went to the dead letters. */
  readonly onBuried?: () => void;
}

/** Times and bounds of the feed. */
export interface FeedTuning {
  /** Handler runs at a time in this process. @defaultValue 64 */
  readonly concurrency: number;
  /**
   * Pause between two looks at all partitions, in milliseconds, ± a fifth. It heals lost wake-ups, finds the entries of
   * dead consumers and shows others that this one is alive.
   * @defaultValue 2000
   */
  readonly sweepMs: number;
  /**
   * Entries that their consumer has not touched for so long are taken over, in milliseconds. Must be more than twice
   * the sweep; a worker's work is taken up again after at most this and one sweep.
   * @defaultValue 5000
   */
  readonly claimIdleMs: number;
  /** How often an entry is delivered before it is taken for what kills its workers. @defaultValue 5 */
  readonly deliveriesMax: number;
  /** How often an entry is tried in one process before it goes to the dead letters. @defaultValue 2 */
  readonly triesMax: number;
  /** Pause before a failed entry is tried again, in milliseconds. @defaultValue 200 */
  readonly retryPauseMs: number;
  /** Pause before an entry is tried again for which the store was away, in milliseconds. @defaultValue 500 */
  readonly storePauseMs: number;
  /** Consumers without work that were not seen for so long are forgotten, in milliseconds. @defaultValue 3600000 */
  readonly consumerIdleMs: number;
  /** How long `close` waits for running handlers, in milliseconds. @defaultValue 5000 */
  readonly closeTimeoutMs: number;
}

export interface FeedServerOptions extends Partial<FeedTuning> {
  /** A connection for commands on which `defineScripts` was called. */
  readonly commands: RedisConnection;
  /** A connection for subscriptions; in a Cluster with sharded subscribers. */
  readonly subscriber: RedisConnection;
  readonly keys: KeySpace;
  readonly logger: FeedLogger;
  readonly hooks?: FeedHooks;
  /** Names this process among the consumers. @defaultValue host, process id and random characters */
  readonly consumer?: string;
}

export const FEED_DEFAULTS: FeedTuning = {
  concurrency: 64,
  sweepMs: 2_000,
  claimIdleMs: 5_000,
  deliveriesMax: 5,
  triesMax: 2,
  retryPauseMs: 200,
  storePauseMs: 500,
  consumerIdleMs: 3_600_000,
  closeTimeoutMs: 5_000,
};
