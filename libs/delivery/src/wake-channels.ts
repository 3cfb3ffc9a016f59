import type { RedisConnection } from '@app/redis';

type Listener = (message: string) => void;

interface Subscription {
  listeners: readonly Listener[];
  readonly ready: Promise<unknown>;
  /** When the last listener left; 0 while there is one. */
  idleSinceMs: number;
}

/** How long a channel stays subscribed after the last listener has gone, in milliseconds: the next connect comes soon. */
const LINGER_MS = 20_000;
/** How often idle channels are looked for, and how often a partition's connection is tried, in milliseconds. */
const BEAT_MS = 5_000;
/**
 * A Cluster client says that it subscribes again before it has; everybody looks so much later, in milliseconds. While a
 * master is gone it says so again and again.
 */
const RESUBSCRIBED_MS = 300;
/** How long a subscription is waited for, in milliseconds: where a slot moves, the client makes it without saying so. */
const SUBSCRIBE_MS = 1_000;
/** A partition from which so many beats in a row were not heard does not wake anybody either. */
const BEATS_MISSED = 2;

/** The same, but no longer than a subscription may take: whoever listens looks as well. */
const inTime = async (subscribed: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SUBSCRIBE_MS);
  });
  try {
    await Promise.race([subscribed, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** The part of a channel's name that all channels of its partition share. */
const tagOf = (channel: string): string => channel.slice(0, channel.indexOf('}'));

/**
 * Who waits for what. Wake-ups are hints: they are lost when a connection breaks, so everybody listens first and looks
 * then, and looks again after a reconnect. A connection that is dead without anybody's saying so is found by beats: a
 * message to ourselves in each partition, which costs nothing beside everybody's looking again and again.
 */
export class WakeChannels {
  private readonly subscriptions = new Map<string, Subscription>();
  private timer: NodeJS.Timeout | undefined;
  private resubscribed: NodeJS.Timeout | undefined;
  private readonly beats = new Map<string, { missed: number }>();
  private publisher: Pick<RedisConnection, 'spublish'> | undefined;

  constructor(private readonly subscriber: RedisConnection) {
    subscriber.on('smessage', (channel: string, message: string) => {
      const beat = this.beats.get(channel);
      if (beat !== undefined) beat.missed = 0;
      const listeners = this.subscriptions.get(channel)?.listeners;
      if (listeners !== undefined) for (const listener of listeners) listener(message);
    });
    // Subscriptions are made again by the client; what was said meanwhile is lost, so everybody looks.
    subscriber.on('ready', () => {
      this.wakeAll('');
    });
    // After a failover in a Cluster, or a move of slots, the connections of the others stay.
    subscriber.on('subscribersReady', () => {
      this.resubscribed ??= setTimeout(() => {
        this.resubscribed = undefined;
        this.wakeAll('');
      }, RESUBSCRIBED_MS).unref();
    });
  }

  /**
   * Begins to try the connections of all partitions.
   * @param channels - one of each partition, of this process alone
   */
  async watch(publisher: Pick<RedisConnection, 'spublish'>, channels: readonly string[]): Promise<void> {
    this.publisher = publisher;
    for (const channel of channels) this.beats.set(channel, { missed: 0 });
    this.arm();
    await Promise.all(channels.map((channel) => inTime(this.subscriber.ssubscribe(channel))));
  }

  /** Listens to a channel; resolves once nothing that is said from now on is missed. */
  async listen(channel: string, listener: Listener): Promise<void> {
    let subscription = this.subscriptions.get(channel);
    if (subscription === undefined) {
      subscription = { listeners: [listener], ready: inTime(this.subscriber.ssubscribe(channel)), idleSinceMs: 0 };
      this.subscriptions.set(channel, subscription);
      subscription.ready.catch(() => {
        if (this.subscriptions.get(channel) === subscription) this.subscriptions.delete(channel);
      });
      this.arm();
    } else {
      subscription.listeners = [...subscription.listeners, listener];
      subscription.idleSinceMs = 0;
    }
    await subscription.ready;
  }

  leave(channel: string, listener: Listener): void {
    const subscription = this.subscriptions.get(channel);
    if (subscription === undefined) return;
    subscription.listeners = subscription.listeners.filter((other) => other !== listener);
    if (subscription.listeners.length === 0) subscription.idleSinceMs = performance.now();
  }

  close(): void {
    clearTimeout(this.resubscribed);
    clearInterval(this.timer);
    this.timer = undefined;
    this.subscriptions.clear();
    this.beats.clear();
  }

  private arm(): void {
    if (this.timer !== undefined) return;
    this.timer = setInterval(() => {
      this.sweep();
    }, BEAT_MS);
    this.timer.unref();
  }

  private sweep(): void {
    const idleBeforeMs = performance.now() - LINGER_MS;
    for (const [channel, { listeners, idleSinceMs }] of this.subscriptions) {
      if (listeners.length > 0 || idleSinceMs > idleBeforeMs) continue;
      this.subscriptions.delete(channel);
      this.subscriber.sunsubscribe(channel).catch(() => undefined);
    }
    let isDeaf = false;
    for (const [channel, beat] of this.beats) {
      if (beat.missed >= BEATS_MISSED) {
        isDeaf = true;
        this.wakeAll(tagOf(channel));
      }
      beat.missed += 1;
      this.publisher?.spublish(channel, '').catch(() => undefined);
    }
    // Comes back by itself, subscribes again, and wakes everybody.
    if (isDeaf) this.subscriber.disconnect(true);
  }

  private wakeAll(tag: string): void {
    for (const [channel, { listeners }] of this.subscriptions) {
      if (channel.startsWith(tag)) for (const listener of listeners) listener('');
    }
  }
}
