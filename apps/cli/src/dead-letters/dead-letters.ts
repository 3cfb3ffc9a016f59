import { FeedDeadLetters } from '@app/broker';
import { DeadLetters, OUTBOUND_QUEUES } from '@app/outbound';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';

/** The feed of the workers, beside the queues of what leaves the chat. */
const FEED = 'feed';
const NAMES = [FEED, ...OUTBOUND_QUEUES];

const USAGE = `dead-letters: expected list or replay, and --queue NAME with one of ${NAMES.join(', ')} if you like`;

/** `dead-letters list|replay [--queue NAME]`: what workers gave up. */
export const deadLetters = (args: readonly string[]): Promise<number> => {
  const [act, option, queue, ...rest] = args;
  const isQueue = option === undefined || (option === '--queue' && queue !== undefined && NAMES.includes(queue));
  if ((act !== 'list' && act !== 'replay') || !isQueue || rest.length > 0) {
    throw new CommandFailure(USAGE, exitCode.usage);
  }
  const names = queue === undefined ? NAMES : [queue];
  return withStore((store) => (act === 'list' ? list(store, names) : replay(store, names)));
};

/** The dead letters of queues, on a connection of their own. */
const withOutbound = async <T>(
  { connect, keys }: StoreAccess,
  names: readonly string[],
  work: (letters: DeadLetters) => Promise<T>,
): Promise<T> => {
  const connection = connect('queue');
  try {
    const queues = names.filter((name) => name !== FEED);
    return await work(new DeadLetters({ connection, prefix: keys.queues(), names: queues }));
  } finally {
    connection.disconnect();
  }
};

const feedOf = ({ redis, keys, settings }: StoreAccess): FeedDeadLetters =>
  new FeedDeadLetters(redis, keys, settings.requestDeadlineMs);

const list = async (store: StoreAccess, names: readonly string[]): Promise<number> => {
  const feed = names.includes(FEED) ? await feedOf(store).list() : [];
  const outbound = await withOutbound(store, names, (letters) => letters.list());
  const lines = [
    ...feed.map(({ atMs, serviceId, reached, reason }) => ({
      atMs,
      queue: FEED,
      serviceId,
      what: `at ${reached}: ${reason}`,
    })),
    ...outbound.map(({ atMs, queue, serviceId, reason }) => ({ atMs, queue, serviceId, what: reason })),
  ];
  for (const { atMs, queue, serviceId, what } of lines) {
    process.stdout.write(`${new Date(atMs).toISOString()}  ${queue.padEnd(15)} ${serviceId}  ${what}\n`);
  }
  process.stdout.write(lines.length === 0 ? 'No dead letters.\n' : `${lines.length} dead letters.\n`);
  return exitCode.ok;
};

const replay = async (store: StoreAccess, names: readonly string[]): Promise<number> => {
  const feed = names.includes(FEED) ? await feedOf(store).replay() : 0;
  const outbound = await withOutbound(store, names, (letters) => letters.replay());
  const entry = { act: 'dead-letters.replay', by: store.by, subject: names.length === 1 ? (names[0] ?? '') : 'all' };
  await store.audit.write({ ...entry, outcome: `${feed + outbound} replayed` });
  process.stdout.write(`${feed + outbound} given to the workers again.\n`);
  return exitCode.ok;
};
