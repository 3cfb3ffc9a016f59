import type { EntryId, Recorded } from '@app/domain';
import type { Checkpoint, StoredEntry, TranscriptBlock } from './event-store.js';
import { CHAIN_START } from './hash-chain.js';

/** A checkpoint is written once so many events came since the last, so a cold reader folds about so many. */
export const CHECKPOINT_EVERY = 64;

/** Positions of one transcript block. */
export const BLOCK = 64;

/** Version of the checkpoint's form; another one is ignored and the stream folded from its beginning. */
const CHECKPOINT_SCHEMA = 3;

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
  /** Transcript blocks that are in the store, from the first on. */
  readonly blocksStored: number;
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
  blocksStored: 0,
});

/** Folds one more event in. `lines` grows in place: older values of it only ever look at their own length. */
export const foldOne = <Event, State>(
  folded: Folded<State>,
  evolve: (state: State, recorded: Recorded<Event>) => State,
  recorded: Recorded<Event>,
  { line, hash }: Pick<StoredEntry, 'line' | 'hash'>,
): Folded<State> => {
  const index = recorded.position - folded.linesFrom;
  // Positions that a failover lost are never given again: there is a hole.
  for (let hole = folded.lines.length; hole <= index; hole += 1) folded.lines[hole] = '';
  if (recorded.n === 0) folded.lines[index] = line;
  return {
    state: evolve(folded.state, recorded),
    last: { position: recorded.position, n: recorded.n },
    hash,
    lastAtMs: recorded.atMs,
    sinceCheckpoint: folded.sinceCheckpoint + 1,
    lines: folded.lines,
    linesFrom: folded.linesFrom,
    blocksStored: folded.blocksStored,
  };
};

interface CheckpointText<State> {
  readonly v: number;
  readonly state: State;
  readonly hash: string;
  readonly at: number;
  /** The lines after the last complete block. */
  readonly tail: readonly string[];
}

/** How many transcript blocks are complete at a position. */
const completeBlocks = (position: number): number => Math.floor(position / BLOCK);

/** The blocks that are complete at the last event and not stored yet. */
export const newBlocks = ({ last, lines, linesFrom, blocksStored }: Folded<unknown>): readonly TranscriptBlock[] => {
  const blocks: TranscriptBlock[] = [];
  for (let index = blocksStored; index < completeBlocks(last?.position ?? 0); index += 1) {
    const from = index * BLOCK + 1 - linesFrom;
    blocks.push({ index, text: lines.slice(from, from + BLOCK).join('\n') });
  }
  return blocks;
};

/** What is known after the checkpoint at the last event, and its blocks, were stored. */
export const afterCheckpoint = <State>(folded: Folded<State>): Folded<State> => ({
  ...folded,
  sinceCheckpoint: 0,
  blocksStored: completeBlocks(folded.last?.position ?? 0),
});

export const writeCheckpoint = <State>(folded: Folded<State>, last: EntryId): Checkpoint => {
  const { state, hash, lastAtMs, lines, linesFrom } = folded;
  const tailFrom = completeBlocks(last.position) * BLOCK + 1;
  const tail = lines.slice(tailFrom - linesFrom, last.position + 1 - linesFrom);
  const text = JSON.stringify({
    v: CHECKPOINT_SCHEMA,
    state,
    hash,
    at: lastAtMs,
    tail,
  } satisfies CheckpointText<State>);
  return { ...last, text };
};

/** Reads a checkpoint; undefined when it has another form than ours. */
export const readCheckpoint = <State>({ position, n, text }: Checkpoint): Folded<State> | undefined => {
  const { v, state, hash, at, tail } = JSON.parse(text) as CheckpointText<State>;
  if (v !== CHECKPOINT_SCHEMA) return undefined;
  return {
    state,
    last: { position, n },
    hash,
    lastAtMs: at,
    sinceCheckpoint: 0,
    lines: [...tail],
    linesFrom: completeBlocks(position) * BLOCK + 1,
    blocksStored: completeBlocks(position),
  };
};

/** The lines of blocks at positions after `from` up to `to`; those of a block are joined by commas, ready to send. */
export const linesOfBlocks = (blocks: readonly string[], from: number, to: number): readonly string[] => {
  const shown: string[] = [];
  for (let index = completeBlocks(from); index < blocks.length && index * BLOCK < to; index += 1) {
    const start = index * BLOCK;
    const lines = (blocks[index] ?? '').split('\n').slice(Math.max(0, from - start), to - start);
    const text = lines.filter((line) => line !== '').join(',');
    if (text !== '') shown.push(text);
  }
  return shown;
};

/** The older lines of a transcript, one for each position, cut into blocks. */
export const cutIntoBlocks = (lines: readonly string[]): readonly string[] =>
  Array.from({ length: Math.ceil(lines.length / BLOCK) }, (_, index) =>
    lines.slice(index * BLOCK, (index + 1) * BLOCK).join('\n'),
  );
