import { compareEntryIds, type EntryId, type Recorded } from '@app/domain';
import type { Checkpoint, StoredEntry } from './event-store.js';
import { CHAIN_START } from './hash-chain.js';

/** A checkpoint is written once so many events came since the last, so a cold reader folds about so many. */
export const CHECKPOINT_EVERY = 64;

/** Version of the checkpoint's form; another one is ignored and the stream folded from its beginning. */
const CHECKPOINT_SCHEMA = 1;

/** What a gateway knows of one stream. Replaced whole at every step, never changed in place, but for `lines`. */
export interface Folded<State> {
  readonly state: State;
  /** The last event folded in; null before the first. */
  readonly last: EntryId | null;
  readonly hash: string;
  readonly lastAtMs: number;
  readonly sinceCheckpoint: number;
  /** The customer's lines, ready to send: `lines[i]` is position `linesFrom + i`; '' where he sees nothing. */
  readonly lines: string[];
  readonly linesFrom: number;
}

/** How the events of an aggregate are written as text, and read. */
export interface EventCodec<Event, State> {
  encode(recorded: Recorded<Event>, before: State): { readonly line: string; readonly body: string };
  decode(entry: StoredEntry): Recorded<Event>;
}

/** Nothing is known yet. */
export const emptyFolded = <State>(state: State): Folded<State> => ({
  state,
  last: null,
  hash: CHAIN_START,
  lastAtMs: 0,
  sinceCheckpoint: 0,
  lines: [],
  linesFrom: 1,
});

/** Folds one more event in. `lines` grows in place: older values of it only ever look at their own length. */
export const foldOne = <Event, State>(
  folded: Folded<State>,
  evolve: (state: State, recorded: Recorded<Event>) => State,
  recorded: Recorded<Event>,
  { line, hash }: Pick<StoredEntry, 'line' | 'hash'>,
): Folded<State> => {
  if (recorded.n === 0) folded.lines[recorded.position - folded.linesFrom] = line;
  return {
    state: evolve(folded.state, recorded),
    last: { position: recorded.position, n: recorded.n },
    hash,
    lastAtMs: recorded.atMs,
    sinceCheckpoint: folded.sinceCheckpoint + 1,
    lines: folded.lines,
    linesFrom: folded.linesFrom,
  };
};

interface CheckpointText<State> {
  readonly v: number;
  readonly state: State;
  readonly hash: string;
  readonly at: number;
}

export const writeCheckpoint = <State>({ state, hash, lastAtMs }: Folded<State>, last: EntryId): Checkpoint => ({
  ...last,
  text: JSON.stringify({ v: CHECKPOINT_SCHEMA, state, hash, at: lastAtMs } satisfies CheckpointText<State>),
});

/** Reads a checkpoint; undefined when it has another form than ours. */
export const readCheckpoint = <State>({ position, n, text }: Checkpoint): Folded<State> | undefined => {
  const { v, state, hash, at } = JSON.parse(text) as CheckpointText<State>;
  if (v !== CHECKPOINT_SCHEMA) return undefined;
  return {
    state,
    last: { position, n },
    hash,
    lastAtMs: at,
    sinceCheckpoint: 0,
    lines: [],
    linesFrom: position + 1,
  };
};

/** Whether `id` is already folded in. */
export const hasFolded = (folded: Folded<unknown>, id: EntryId): boolean =>
  folded.last !== null && compareEntryIds(id, folded.last) <= 0;
