import type { FeedEntry } from './feed-entry.js';

/** Entries that must be handled again, after a pause. */
export interface Again {
  readonly entries: readonly FeedEntry[];
  readonly pauseMs: number;
}

export interface BacklogOptions {
  /** Services that are handled at a time. */
  readonly concurrency: number;
  /** Handles all entries that wait for one service; must not reject. */
  readonly handle: (entries: readonly FeedEntry[]) => Promise<Again | undefined>;
}

interface ServiceQueue {
  waiting: FeedEntry[];
  /** Set while the service pauses. */
  pause: NodeJS.Timeout | undefined;
}

/**
 * Entries between being read and being handled: those of one service one after another, and all that have gathered
 * meanwhile in one go; different services side by side, within bounds, the longest waiting first.
 */
export class ServiceBacklog {
  /** Every service that has entries here. */
  private readonly queues = new Map<string, ServiceQueue>();
  /** Services that could be handled now, in order. */
  private readonly ready = new Set<string>();
  private running = 0;
  private isStopped = false;
  private onDrained: (() => void) | undefined;

  constructor(private readonly options: BacklogOptions) {}

  add(entry: FeedEntry): void {
    const queue = this.queues.get(entry.serviceId);
    if (queue !== undefined) {
      queue.waiting.push(entry);
      return;
    }
    this.queues.set(entry.serviceId, { waiting: [entry], pause: undefined });
    this.ready.add(entry.serviceId);
    this.startReady();
  }

  /** Starts nothing more; resolves when what runs has ended. */
  stop(): Promise<void> {
    this.isStopped = true;
    for (const { pause } of this.queues.values()) clearTimeout(pause);
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.onDrained = resolve;
    });
  }

  private startReady(): void {
    for (const serviceId of this.ready) {
      if (this.isStopped || this.running >= this.options.concurrency) return;
      this.ready.delete(serviceId);
      const queue = this.queues.get(serviceId);
      if (queue !== undefined) void this.run(serviceId, queue);
    }
  }

  private async run(serviceId: string, queue: ServiceQueue): Promise<void> {
    this.running += 1;
    const entries = queue.waiting;
    queue.waiting = [];
    const again = await this.options.handle(entries);
    this.running -= 1;
    if (again !== undefined) {
      queue.waiting.unshift(...again.entries);
      this.pause(serviceId, queue, again.pauseMs);
    } else if (queue.waiting.length > 0) {
      this.ready.add(serviceId);
    } else {
      this.queues.delete(serviceId);
    }
    this.startReady();
    if (this.running === 0) this.onDrained?.();
  }

  /** A service that waits for better times takes no place from the others. */
  private pause(serviceId: string, queue: ServiceQueue, pauseMs: number): void {
    if (this.isStopped) return;
    queue.pause = setTimeout(() => {
      queue.pause = undefined;
      this.ready.add(serviceId);
      this.startReady();
    }, pauseMs);
    queue.pause.unref();
  }
}
