import fc from 'fast-check';
import {
  BEFORE_FIRST,
  compareEntryIds,
  type EntryId,
  formatEntryId,
  parseEntryId,
  type Recorded,
  recordEvents,
} from './recorded.js';

const context = { atMs: 7, commandId: 'c', verbose: true };
const isSeen = (event: string): boolean => event.startsWith('seen');
const idsOf = (recorded: readonly Recorded<string>[]): readonly string[] => recorded.map(formatEntryId);

const anyId: fc.Arbitrary<EntryId> = fc.record({ position: fc.nat(), n: fc.nat() });

describe('recordEvents', () => {
  it('gives hidden events the place after the last position, and seen ones a position each', () => {
    const events = ['hidden', 'hidden', 'seen', 'seen', 'hidden', 'seen'];
    expect(idsOf(recordEvents(BEFORE_FIRST, events, isSeen, context))).toEqual([
      ...['0-1', '0-2', '1-0', '2-0', '2-1', '3-0'],
    ]);
  });

  it('goes on after the last event of the stream', () => {
    expect(idsOf(recordEvents({ position: 4, n: 2 }, ['hidden', 'seen'], isSeen, context))).toEqual(['4-3', '5-0']);
  });

  it('puts the envelope of the command on every event; where its reply begins only the store knows', () => {
    expect(recordEvents(BEFORE_FIRST, ['hidden', 'seen'], isSeen, context)).toEqual([
      { position: 0, n: 1, ...context, replyFrom: null, event: 'hidden' },
      { position: 1, n: 0, ...context, replyFrom: null, event: 'seen' },
    ]);
  });

  it('makes nothing of nothing', () => {
    expect(recordEvents({ position: 4, n: 2 }, [], isSeen, context)).toEqual([]);
  });
});

describe('entry ids', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        expect(parseEntryId(formatEntryId(id))).toEqual(id);
      }),
    );
  });

  it('are ordered by position, then by n', () => {
    const ids = ['2-0', '10-0', '0-1', '1-10', '1-2', '1-0'].map(parseEntryId);
    expect(ids.sort(compareEntryIds).map(formatEntryId)).toEqual(['0-1', '1-0', '1-2', '1-10', '2-0', '10-0']);
    expect(compareEntryIds({ position: 3, n: 1 }, { position: 3, n: 1 })).toBe(0);
  });
});
