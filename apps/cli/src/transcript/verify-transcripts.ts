import { readFileSync } from 'node:fs';
import { ChainWalk, streamIds, type TranscriptVerdict, TranscriptVerifier } from '@app/event-store';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';

/** Streams that are read at the same time. */
const PARALLEL = 8;
/** How often a long run says how far it is, in streams. */
const PROGRESS_EVERY = 10_000;

const describe = ({ streamId, entries, fault, holes }: TranscriptVerdict): string => {
  const lost = holes.length === 0 ? '' : `; lost in a failover: position ${holes.join(', ')}`;
  return fault === undefined
    ? `${streamId}: sound, ${entries} events${lost}`
    : `${streamId}: FAULT at ${fault.at}: this event ${fault.what}${lost}`;
};

const say = (verdict: TranscriptVerdict): number => {
  const isSound = verdict.fault === undefined;
  (isSound ? process.stdout : process.stderr).write(`${describe(verdict)}\n`);
  return isSound ? exitCode.ok : exitCode.failed;
};

/** Walks the hash chain of a service, or of every service and agent of the store; exit code 1 when one is broken. */
export const verifyTranscripts = (serviceId: string | undefined): Promise<number> =>
  withStore(async (store) => {
    const verifier = new TranscriptVerifier(store.redis, store.keys, store.settings.requestDeadlineMs);
    if (serviceId === undefined) return verifyAll(store, verifier);
    const verdict = await verifier.verify(serviceId);
    if (verdict === undefined) throw new CommandFailure(`${serviceId}: there is no such service`, exitCode.data);
    return say(verdict);
  });

const verifyAll = async ({ redis, keys }: StoreAccess, verifier: TranscriptVerifier): Promise<number> => {
  const sum = { streams: 0, events: 0, faults: 0, holes: 0 };
  const look = async (streamId: string): Promise<void> => {
    const verdict = await verifier.verify(streamId);
    // It expired meanwhile.
    if (verdict === undefined) return;
    sum.streams += 1;
    sum.events += verdict.entries;
    if (verdict.holes.length > 0) sum.holes += 1;
    if (verdict.fault !== undefined) sum.faults += 1;
    if (verdict.fault !== undefined || verdict.holes.length > 0) say(verdict);
    if (sum.streams % PROGRESS_EVERY === 0) process.stderr.write(`${sum.streams} streams …\n`);
  };
  const running = new Set<Promise<void>>();
  for await (const streamId of streamIds(redis, keys)) {
    const work: Promise<void> = look(streamId).finally(() => running.delete(work));
    running.add(work);
    if (running.size >= PARALLEL) await Promise.race(running);
  }
  await Promise.all(running);
  process.stdout.write(
    `${sum.streams} streams, ${sum.events} events: ${sum.faults} with a fault, ${sum.holes} with positions lost in a failover\n`,
  );
  return sum.faults === 0 ? exitCode.ok : exitCode.failed;
};

interface ExportedFile {
  readonly serviceId: string;
  readonly entries: readonly { readonly id: string; readonly value: string }[];
}

const isExported = (value: unknown): value is ExportedFile =>
  typeof value === 'object' &&
  value !== null &&
  'serviceId' in value &&
  typeof value.serviceId === 'string' &&
  'entries' in value &&
  Array.isArray(value.entries) &&
  value.entries.every(
    (entry: unknown) =>
      typeof entry === 'object' &&
      entry !== null &&
      'id' in entry &&
      typeof entry.id === 'string' &&
      'value' in entry &&
      typeof entry.value === 'string',
  );

/** Walks the hash chain of a file that `transcript export` wrote. */
export const verifyFile = (file: string): Promise<number> => {
  let exported: unknown;
  try {
    exported = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const got = error instanceof SyntaxError ? 'no JSON' : 'nothing that can be read';
    throw new CommandFailure(`${file}: expected a file of transcript export, got ${got}`, exitCode.data);
  }
  if (!isExported(exported)) {
    throw new CommandFailure(`${file}: expected a file of transcript export, got other JSON`, exitCode.data);
  }
  const walk = new ChainWalk(exported.serviceId);
  for (const { id, value } of exported.entries) walk.take(id, value);
  return Promise.resolve(say(walk.verdict()));
};
