import { writeFileSync } from 'node:fs';
import { auditedUser } from '@app/event-store';
import { UserData } from '@app/runtime';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';

const USAGE = 'user: expected export USER [--out FILE] or erase USER --yes';

/** How long a worker may take to let go of a service that ends, in milliseconds. */
const RELEASE_MS = 10_000;

/** `user export USER [--out FILE]` and `user erase USER --yes`: all that the store has of one end user. */
export const user = async ([act, name = '', ...rest]: readonly string[]): Promise<number> => {
  if (name === '' || name.startsWith('--')) throw new CommandFailure(USAGE, exitCode.usage);
  if (act === 'export' && (rest.length === 0 || (rest[0] === '--out' && rest.length === 2))) {
    return withStore((store) => exportUser(store, name, rest[1]));
  }
  if (act === 'erase') {
    if (rest.length !== 1 || rest[0] !== '--yes') {
      throw new CommandFailure(`user erase: cannot be undone; say so with --yes`, exitCode.usage);
    }
    return withStore((store) => eraseUser(store, name));
  }
  throw new CommandFailure(USAGE, exitCode.usage);
};

const dataOf = ({ redis, keys, repository: services, agents, settings }: StoreAccess): UserData =>
  new UserData({ redis, keys, services, agents, deadlineMs: settings.requestDeadlineMs, releaseMs: RELEASE_MS });

const exportUser = async (store: StoreAccess, name: string, file: string | undefined): Promise<number> => {
  const services = await dataOf(store).export(name);
  await store.audit.write({
    ...{ act: 'user.export', by: store.by, subject: auditedUser(name) },
    outcome: `${services.length} services`,
  });
  const text = `${JSON.stringify({ user: name, exportedAt: new Date().toISOString(), services }, null, 2)}\n`;
  if (file === undefined) process.stdout.write(text);
  else {
    // What is in it is nobody else's business.
    writeFileSync(file, text, { mode: 0o600 });
    process.stdout.write(`${services.length} services written to ${file}\n`);
  }
  return exitCode.ok;
};

const eraseUser = async (store: StoreAccess, name: string): Promise<number> => {
  // Written down before as well: what is half done must be known.
  const entry = { act: 'user.erase', by: store.by, subject: auditedUser(name) };
  await store.audit.write({ ...entry, outcome: 'begun' });
  const { erased, left } = await dataOf(store).erase(name);
  await store.audit.write({ ...entry, outcome: `${erased.length} services erased, ${left.length} left` });
  process.stdout.write(`${erased.length} services erased.\n`);
  if (left.length === 0) {
    process.stdout.write(`${await rewriteHint(store)}\n`);
    return exitCode.ok;
  }
  process.stderr.write(
    `${left.length} services were ended, but an agent has them still: is a worker running? Say it again then.\n`,
  );
  return exitCode.failed;
};

/** Asks Redis to write its file anew, without what was erased. */
const rewriteHint = async ({ redis }: StoreAccess): Promise<string> => {
  try {
    await redis.bgrewriteaof();
    return 'Redis was asked to write its append-only file anew; copies of it are yours to find.';
  } catch {
    return 'Redis could not be asked to write its append-only file anew (BGREWRITEAOF): until it is, the file has them.';
  }
};
