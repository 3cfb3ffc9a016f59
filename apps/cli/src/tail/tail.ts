import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { agentOfStream, BEFORE_FIRST, type EntryId, formatEntryId, parseEntryId } from '@app/domain';
import { partitionOfStream } from '@app/event-store';
import type { RedisConnection } from '@app/redis';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';
import { eventLine } from '../transcript/show-transcript.js';

const USAGE = 'tail: expected a service or nothing, and --text to see what people write';

/** How long after a subscription that failed comes the next try, in milliseconds. */
const SUBSCRIBE_AGAIN_MS = 100;

/** `tail [SERVICE] [--text]`: prints events as they come, until Ctrl-C. */
export const tail = (args: readonly string[]): Promise<number> => {
  const hasText = args.includes('--text');
  const [serviceId, ...rest] = args.filter((arg) => arg !== '--text');
  if (rest.length > 0 || serviceId?.startsWith('--') === true) throw new CommandFailure(USAGE, exitCode.usage);
  const stop = new AbortController();
  void Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => {
    stop.abort();
  });
  return withStore(async (store) => {
    const printer = new Printer(store, hasText);
    if (serviceId === undefined) {
      await follow(store, printer, stop.signal);
      return exitCode.ok;
    }
    const view = await store.repository.view(serviceId);
    if (view === undefined) throw new CommandFailure(`${serviceId}: there is no such service`, exitCode.data);
    await follow(store, printer, stop.signal, { streamId: serviceId, last: view.last });
    return exitCode.ok;
  });
};

/** Prints what is new of streams. */
class Printer {
  private readonly printed = new Map<string, EntryId>();

  constructor(
    private readonly store: StoreAccess,
    private readonly hasText: boolean,
  ) {}

  /** @param since - where the stream ended before the first event that may be new */
  async print(streamId: string, since: EntryId): Promise<void> {
    const { repository, agents } = this.store;
    const after = this.printed.get(streamId) ?? since;
    const events =
      agentOfStream(streamId) === undefined
        ? await repository.events(streamId, after)
        : await agents.events(streamId, after);
    for (const recorded of events) {
      process.stdout.write(`${streamId}  ${eventLine(recorded, this.hasText)}\n`);
      this.printed.set(streamId, { position: recorded.position, n: recorded.n });
    }
  }
}

/**
 * Prints whatever is appended, until it is stopped. Wake-ups of the feeds tell of it: entries of the feeds themselves may be
 * gone before anybody but a worker has read them.
 */
const follow = async (
  { connect, keys }: StoreAccess,
  printer: Printer,
  stop: AbortSignal,
  only?: { readonly streamId: string; readonly last: EntryId },
): Promise<void> => {
  const partitions =
    only === undefined
      ? Array.from({ length: keys.partitions }, (_, partition) => partition)
      : [partitionOfStream(only.streamId, keys.partitions)];
  const subscriber = connect('subscriber');
  const waiting = new Set<string>();
  let printing = Promise.resolve();
  try {
    await new Promise<void>((resolve, reject) => {
      stop.addEventListener('abort', () => {
        resolve();
      });
      const tell = (streamId: string, since: EntryId): void => {
        if (waiting.has(streamId) || (only !== undefined && only.streamId !== streamId)) return;
        waiting.add(streamId);
        printing = printing.then(() => {
          waiting.delete(streamId);
          return printer.print(streamId, since);
        });
        printing.catch(reject);
      };
      subscriber.on('smessage', (_: string, message: string) => {
        const end = message.lastIndexOf(' ');
        // A dead letter that was put back says nothing new.
        if (end < 0) return;
        const since = message.slice(end + 1);
        tell(message.slice(0, end), since === '' ? BEFORE_FIRST : parseEntryId(since));
      });
      subscribe(
        subscriber,
        partitions.map((partition) => keys.feed(partition)),
        stop,
      ).then(() => {
        const what = only === undefined ? 'all services and agents' : `after ${formatEntryId(only.last)}`;
        if (!stop.aborted) process.stderr.write(`From now on, ${what}; Ctrl-C ends it.\n`);
        // What came between the look at the service and the subscription.
        if (only !== undefined) tell(only.streamId, only.last);
        subscriber.on('ready', () => {
          process.stderr.write('Redis was away; what was appended meanwhile may be missing.\n');
        });
      }, reject);
    });
    await printing;
  } finally {
    subscriber.disconnect();
  }
};

/** Each channel alone, since they are on different slots; a Cluster's connections may not be there yet. */
const subscribe = async (
  subscriber: RedisConnection,
  channels: readonly string[],
  stop: AbortSignal,
): Promise<void> => {
  await subscriber.connect();
  await Promise.all(
    channels.map(async (channel) => {
      while (!stop.aborted) {
        const isSubscribed = await subscriber.ssubscribe(channel).then(
          () => true,
          () => false,
        );
        if (isSubscribed) return;
        await pause(SUBSCRIBE_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
      }
    }),
  );
};
