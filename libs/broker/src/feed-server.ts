import { randomBytes, randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import { agentOfStream } from '@app/domain';
import { BaseRpcContext, type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { ConsumerGroup } from './consumer-group.js';
import { type FeedEntry, latestOf } from './feed-entry.js';
import { isStoreAway, reportFailure } from './feed-failure.js';
import { FEED_DEFAULTS, type FeedServerOptions, type FeedTuning } from './feed-options.js';
import { FeedPartition } from './feed-partition.js';
import { type Again, ServiceBacklog } from './service-backlog.js';
import { AGENT_CHANGED, SERVICE_CHANGED, type ServiceChanged } from './service-changed.js';

/** Trouble that lasts is logged at most this often, in milliseconds. */
const COMPLAIN_EVERY_MS = 5_000;
/** How often consumers of dead processes are looked for at most, in milliseconds. */
const CLEAN_EVERY_MS = 600_000;
/**
 * A Cluster client says that it subscribes again before it has, and again and again while a master is gone: the feeds are
 * looked at so much later, in milliseconds.
 */
const RESUBSCRIBED_MS = 300;
/** How long leaving the groups may take, in milliseconds. */
const LEAVE_MS = 1_500;
/** Reason of dead letters whose workers died of them. */
const DELIVERED_TOO_OFTEN = 'DELIVERED_TOO_OFTEN';

type FeedHandler = (payload: unknown, context: BaseRpcContext) => Promise<unknown>;

/**
 * Nest transport over the feeds of all partitions. The append script writes "service X reached event N" to the feed and
 * publishes a wake-up; workers are one consumer group. Each entry reaches every handler of `SERVICE_CHANGED` (or `AGENT_CHANGED`) in one
 * worker at least once; those of one service come one after another. Wake-ups are hints: a sweep finds what they missed,
 * and what a dead worker left behind.
 */
export class FeedServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('parley-feed');
  private readonly handlers = new Map<string, FeedHandler[]>([
    [SERVICE_CHANGED, []],
    [AGENT_CHANGED, []],
  ]);
  private readonly unknownPatterns: string[] = [];
  private readonly tuning: FeedTuning;
  private readonly group: ConsumerGroup;
  private readonly partitions: readonly FeedPartition[];
  private readonly backlog: ServiceBacklog;
  /** Wake-up channels and their partitions. */
  private readonly channels: ReadonlyMap<string, FeedPartition>;
  private readonly unsubscribed: Set<string>;
  /** How often entries have been tried that failed. */
  private readonly tries = new WeakMap<FeedEntry, number>();
  private resubscribed: NodeJS.Timeout | undefined;
  private sweepTimer: NodeJS.Timeout | undefined;
  private complainedMs = Number.NEGATIVE_INFINITY;
  private cleanedMs = Number.NEGATIVE_INFINITY;
  private closed: Promise<void> | undefined;

  constructor(private readonly options: FeedServerOptions) {
    super();
    this.tuning = { ...FEED_DEFAULTS, ...options };
    const { commands, keys } = options;
    const consumer = options.consumer ?? `${hostname()}-${process.pid}-${randomBytes(6).toString('base64url')}`;
    this.group = new ConsumerGroup(commands, keys, consumer);
    this.backlog = new ServiceBacklog({
      concurrency: this.tuning.concurrency,
      handle: (entries) => this.handle(entries),
    });
    this.partitions = Array.from({ length: keys.partitions }, (_, index) => this.createPartition(index));
    this.channels = new Map(this.partitions.map((partition, index) => [keys.feed(index), partition]));
    this.unsubscribed = new Set(this.channels.keys());
  }

  /** Handlers stand side by side here, not in Nest's chain: a chain would not wait for all when one fails. */
  override addHandler(pattern: unknown, callback: MessageHandler, isEventHandler = false): void {
    const route = this.normalizePattern(pattern as string);
    const handlers = this.handlers.get(route);
    if (handlers !== undefined && isEventHandler) handlers.push(callback);
    else this.unknownPatterns.push(route);
    this.messageHandlers.set(route, callback);
  }

  listen(callback: (error?: Error) => void): void {
    const [unknown] = this.unknownPatterns;
    if (unknown !== undefined || this.handlers.get(SERVICE_CHANGED)?.length === 0) {
      const found = unknown === undefined ? 'none' : `one of ${unknown}`;
      callback(new Error(`FeedServer: expected event handlers of ${SERVICE_CHANGED}, found ${found}`));
      return;
    }
    this.start().then(
      () => {
        callback();
      },
      callback as (error: Error) => void,
    );
  }

  /**
   * Stops reading, waits for running handlers within bounds, gives back what is left and leaves the group. The
   * connections stay open: they are the caller's.
   */
  close(): Promise<void> {
    this.closed ??= this.stop();
    return this.closed;
  }

  on(): never {
    throw new Error('FeedServer: it has no events of its own; see FeedHooks');
  }

  unwrap(): never {
    throw new Error('FeedServer: its connections are those that it was given');
  }

  private createPartition(index: number): FeedPartition {
    const { hooks } = this.options;
    return new FeedPartition(index, this.group, {
      claimIdleMs: this.tuning.claimIdleMs,
      deliveriesMax: this.tuning.deliveriesMax,
      onEntry: (entry) => {
        this.backlog.add(entry);
      },
      onClaimed: (entries) => hooks?.onClaimed?.(entries),
      onDeadly: (entry) => {
        this.bury([entry], DELIVERED_TOO_OFTEN);
      },
      onTrouble: (error) => {
        this.complain(error);
      },
    });
  }

  private async start(): Promise<void> {
    const { commands, subscriber } = this.options;
    subscriber.on('smessage', this.onWakeUp);
    for (const connection of [commands, subscriber]) connection.on('ready', this.onReconnect);
    // In a Cluster the subscribers come to be after the connection is ready.
    subscriber.on('subscribersReady', this.onResubscribed);
    if (subscriber.status === 'wait') subscriber.connect().catch(ignore);
    await this.sweep();
    this.scheduleSweep();
  }

  private readonly onWakeUp = (channel: string): void => {
    this.channels.get(channel)?.wake();
  };

  /** Nobody knows what was missed while a connection was away. */
  private readonly onReconnect = (): void => {
    void this.sweep();
  };

  private readonly onResubscribed = (): void => {
    this.resubscribed ??= setTimeout(() => {
      this.resubscribed = undefined;
      void this.sweep();
    }, RESUBSCRIBED_MS).unref();
  };

  private scheduleSweep(): void {
    if (this.closed !== undefined) return;
    const { sweepMs } = this.tuning;
    this.sweepTimer = setTimeout(
      () => {
        void this.sweep();
        this.scheduleSweep();
      },
      randomInt(Math.floor(sweepMs * 0.8), Math.ceil(sweepMs * 1.2) + 1),
    );
    this.sweepTimer.unref();
  }

  private async sweep(): Promise<void> {
    this.subscribe();
    await Promise.all(this.partitions.map((partition) => partition.sweep()));
    await this.clean();
  }

  /** Subscribes once: the client renews what it has. Each channel alone, since they are on different slots. */
  private subscribe(): void {
    const { subscriber } = this.options;
    if (subscriber.status !== 'ready') return;
    for (const channel of this.unsubscribed) {
      this.unsubscribed.delete(channel);
      subscriber.ssubscribe(channel).catch(() => {
        this.unsubscribed.add(channel);
      });
    }
  }

  private async clean(): Promise<void> {
    const { consumerIdleMs } = this.tuning;
    const nowMs = performance.now();
    if (nowMs - this.cleanedMs < Math.min(CLEAN_EVERY_MS, consumerIdleMs) || this.closed !== undefined) return;
    this.cleanedMs = nowMs;
    try {
      await Promise.all(this.partitions.map((_, index) => this.group.removeIdle(index, consumerIdleMs)));
    } catch (error) {
      this.complain(error);
    }
  }

  private async handle(entries: readonly FeedEntry[]): Promise<Again | undefined> {
    const { hooks } = this.options;
    const latest = latestOf(entries);
    if (latest === undefined) return undefined;
    const { serviceId, position, n, partition } = latest;
    const errors = await this.callHandlers({ serviceId, position, n });
    if (errors.length === 0) {
      hooks?.onHandled?.(entries.length);
      this.partitions[partition]?.acknowledge(entries);
      return undefined;
    }
    if (errors.some(isStoreAway)) {
      hooks?.onFailed?.('store');
      this.tellOfNewer(latest, errors);
      return { entries, pauseMs: this.tuning.storePauseMs };
    }
    hooks?.onFailed?.('handler');
    return this.afterFailure(entries, errors[0]);
  }

  /** That the store is away its connections say; that it has what this process cannot read is said here, once. */
  private tellOfNewer(entry: FeedEntry, errors: readonly unknown[]): void {
    const newer = errors.map(reportFailure).find(({ reason }) => reason === 'SCHEMA_TOO_NEW');
    if (newer === undefined || this.tries.has(entry)) return;
    this.tries.set(entry, 0);
    const { serviceId } = entry;
    this.options.logger.warn({ serviceId, ...newer }, 'an event of a newer version is left to a newer worker');
  }

  /** Another try for those that have one left; the dead letters for the rest. */
  private afterFailure(entries: readonly FeedEntry[], error: unknown): Again | undefined {
    const { triesMax, retryPauseMs } = this.tuning;
    const failure = reportFailure(error);
    const lost: FeedEntry[] = [];
    const again: FeedEntry[] = [];
    for (const entry of entries) {
      const tries = (this.tries.get(entry) ?? 0) + 1;
      this.tries.set(entry, tries);
      (tries >= triesMax ? lost : again).push(entry);
    }
    const serviceId = entries[0]?.serviceId;
    this.options.logger.warn({ serviceId, ...failure }, 'a handler of the feed failed');
    if (lost.length > 0) this.bury(lost, failure.reason);
    return again.length > 0 ? { entries: again, pauseMs: retryPauseMs } : undefined;
  }

  private bury(entries: readonly FeedEntry[], reason: string): void {
    for (const { serviceId, partition, position, n } of entries) {
      this.options.logger.error(
        { serviceId, partition, reached: `${position}-${n}`, reason },
        'dead letter of the feed',
      );
      this.options.hooks?.onBuried?.();
    }
    const [first] = entries;
    if (first !== undefined) this.partitions[first.partition]?.bury(entries, reason);
  }

  /** Calls all handlers and waits for all. @returns what they threw */
  private async callHandlers(changed: ServiceChanged): Promise<readonly unknown[]> {
    const agentId = agentOfStream(changed.serviceId);
    const [pattern, payload] = agentId === undefined ? [SERVICE_CHANGED, changed] : [AGENT_CHANGED, { agentId }];
    const context = new BaseRpcContext([pattern]);
    const results = await Promise.allSettled(
      (this.handlers.get(pattern) ?? []).map(async (handler) => {
        const result = await handler(payload, context);
        if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
      }),
    );
    return results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  }

  private async stop(): Promise<void> {
    const { commands, subscriber } = this.options;
    clearTimeout(this.sweepTimer);
    subscriber.off('smessage', this.onWakeUp);
    subscriber.off('subscribersReady', this.onResubscribed);
    clearTimeout(this.resubscribed);
    for (const connection of [commands, subscriber]) connection.off('ready', this.onReconnect);
    await within(
      Promise.all([this.backlog.stop(), ...this.partitions.map((partition) => partition.stop())]),
      this.tuning.closeTimeoutMs,
    );
    await within(Promise.all(this.partitions.map((partition) => partition.leave())), LEAVE_MS);
  }

  private complain(error: unknown): void {
    const nowMs = performance.now();
    if (nowMs - this.complainedMs < COMPLAIN_EVERY_MS) return;
    this.complainedMs = nowMs;
    this.options.logger.warn(reportFailure(error), 'the feed cannot be reached; trying again');
  }
}

const ignore = (): void => undefined;

/** Waits for a promise, but not for ever. */
const within = async (promise: Promise<unknown>, timeMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeMs);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
