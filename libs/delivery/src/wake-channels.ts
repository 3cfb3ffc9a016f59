import type { RedisConnection } from '@app/redis';

/** How long a channel stays subscribed after the last listener has gone, in milliseconds: the next connect comes soon. */
const LINGER_MS = 20_000;

interface Subscription {
  readonly listeners: Set<(message: string) => void>;
  readonly ready: Promise<unknown>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Who waits for what. Wake-ups are hints: they may be lost when a connection breaks, so everybody listens first and
 * looks then, and looks again after `onReconnect`.
 */
export class WakeChannels {
  private readonly subscriptions = new Map<string, Subscription>();

  constructor(private readonly subscriber: RedisConnection) {
    subscriber.on('smessage', (channel: string, message: string) => {
      const listeners = this.subscriptions.get(channel)?.listeners;
      if (listeners === undefined) return;
      for (const listener of [...listeners]) listener(message);
    });
    // Subscriptions are made again by the client; what was said meanwhile is lost, so everybody looks.
    subscriber.on('ready', () => {
      for (const { listeners } of this.subscriptions.values()) for (const listener of [...listeners]) listener('');
    });
  }

  /** Listens to a channel; resolves once nothing that is said from now on is missed. */
  async listen(channel: string, listener: (message: string) => void): Promise<void> {
    let subscription = this.subscriptions.get(channel);
    if (subscription === undefined) {
      subscription = { listeners: new Set(), ready: this.subscriber.ssubscribe(channel), timer: undefined };
      this.subscriptions.set(channel, subscription);
      subscription.ready.catch(() => {
        if (this.subscriptions.get(channel) === subscription) this.subscriptions.delete(channel);
      });
    }
    clearTimeout(subscription.timer);
    subscription.timer = undefined;
    subscription.listeners.add(listener);
    await subscription.ready;
  }

  leave(channel: string, listener: (message: string) => void): void {
    const subscription = this.subscriptions.get(channel);
    if (subscription === undefined) return;
    subscription.listeners.delete(listener);
    if (subscription.listeners.size > 0 || subscription.timer !== undefined) return;
    subscription.timer = setTimeout(() => {
      this.subscriptions.delete(channel);
      this.subscriber.sunsubscribe(channel).catch(() => undefined);
    }, LINGER_MS);
    subscription.timer.unref();
  }

  close(): void {
    for (const { timer } of this.subscriptions.values()) clearTimeout(timer);
    this.subscriptions.clear();
  }
}
