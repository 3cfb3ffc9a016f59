import { Redis } from 'ioredis';
import type { RedisConnection } from './connection.js';
import { classifyRedisFailure } from './redis-failure.js';

/** What the watchdog does to a connection. */
export interface Watched {
  readonly status: RedisConnection['status'];
  readonly connect: () => Promise<void>;
  readonly disconnect: (reconnect?: boolean) => void;
}

export interface WatchdogOptions {
  /** Asks for something that only a well connection answers. Without it the connection is revived, but not asked. */
  readonly probe?: (() => Promise<unknown>) | undefined;
  /** Told why whenever the connection is made anew. */
  readonly onRebuilt?: (reason: string) => void;
  /** How long it may be asked without success, in milliseconds. @defaultValue 10000 */
  readonly patienceMs?: number;
  /** @defaultValue the monotonic clock */
  readonly nowMs?: () => number;
}

const PATIENCE_MS = 10_000;
/** How often the watchdog looks, and asks, in milliseconds. */
const LOOK_MS = 2_000;
/** Pause before a connection that gave up is opened again, in milliseconds. */
const REVIVE_MS = 100;

/** Redis answered, if only to say no; one that was demoted is not the one we want. */
const isAnswer = (error: unknown): boolean =>
  classifyRedisFailure(error) !== 'unknown' && !(error instanceof Error && error.message.startsWith('READONLY'));

/**
 * Brings back a connection that does not come back by itself: clients have given up for good when a failover was
 * announced while they were connecting, and have sat on a dead connection that nothing ever closed. It asks on its own
 * beat, so that commands pay nothing for it.
 */
export class ConnectionWatchdog {
  private heardMs: number;
  private isAsking = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly nowMs: () => number;

  constructor(
    private readonly connection: Watched,
    private readonly options: WatchdogOptions,
  ) {
    this.nowMs = options.nowMs ?? (() => performance.now());
    this.heardMs = this.nowMs();
  }

  start(): void {
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** What is done on each beat. */
  look(): void {
    const { probe, patienceMs = PATIENCE_MS } = this.options;
    // Not opened yet: nobody has asked for anything.
    if (this.connection.status === 'wait') this.heardMs = this.nowMs();
    else if (this.connection.status === 'end') this.revive();
    else if (probe !== undefined && this.nowMs() - this.heardMs > patienceMs) {
      this.rebuilt(`no answer for ${patienceMs} ms`);
      this.connection.disconnect(true);
    } else if (probe !== undefined) this.ask(probe);
  }

  /** Opens a connection again that has given up. */
  revive(): void {
    if (this.connection.status !== 'end') return;
    this.rebuilt('the client had given up');
    // What goes wrong is emitted as an error as well, and leads here again.
    this.connection.connect().catch(() => undefined);
  }

  private rebuilt(reason: string): void {
    // The new one gets as long as the old one.
    this.heardMs = this.nowMs();
    this.isAsking = false;
    this.options.onRebuilt?.(reason);
  }

  private ask(probe: () => Promise<unknown>): void {
    if (this.isAsking) return;
    this.isAsking = true;
    const heard = (): void => {
      this.heardMs = this.nowMs();
    };
    probe()
      .then(heard, (error: unknown) => {
        if (isAnswer(error)) heard();
      })
      .finally(() => {
        this.isAsking = false;
      });
  }
}

/** Has a watchdog look after a connection until somebody ends it, and after those that are made like it. */
export const watchConnection = (connection: RedisConnection, options: WatchdogOptions = {}): ConnectionWatchdog => {
  const watchdog = new ConnectionWatchdog(connection, options);
  let isKept = true;
  connection.on('end', () => {
    setTimeout(() => {
      if (isKept) watchdog.revive();
    }, REVIVE_MS).unref();
  });
  const end = (): void => {
    isKept = false;
    watchdog.stop();
  };
  const [disconnect, quit] = [connection.disconnect.bind(connection), connection.quit.bind(connection)];
  connection.disconnect = (reconnect = false): void => {
    if (!reconnect) end();
    disconnect(reconnect);
  };
  connection.quit = () => {
    end();
    return quit();
  };
  if (connection instanceof Redis) {
    // BullMQ blocks on connections of its own, which it makes so. They wait long on purpose and are not asked.
    const duplicate = connection.duplicate.bind(connection);
    const { onRebuilt } = options;
    connection.duplicate = (...args) => {
      const like = duplicate(...args);
      watchConnection(like, onRebuilt === undefined ? {} : { onRebuilt });
      return like;
    };
  }
  watchdog.start();
  return watchdog;
};
