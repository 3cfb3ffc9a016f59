import { event, joined, said } from '../testing/samples.js';
import { addLines, isForReading, lineOf } from './transcript-line.js';

const ids = (lines: readonly { readonly id: string }[]) => lines.map(({ id }) => id);

describe('lines of a transcript', () => {
  it('stand in order, each once, however they come', () => {
    const late = addLines([], [said('5-0', 'kate', 'e'), said('10-0', 'kate', 'j')]);
    const all = addLines(late, [said('2-0', 'customer', 'b'), said('5-0', 'kate', 'e'), joined('5-1', 'bob')]);
    expect(ids(all)).toEqual(['2-0', '5-0', '5-1', '10-0']);
  });

  it('stay the same list when nothing is new', () => {
    const lines = addLines([], [said('2-0', 'customer', 'b')]);
    expect(addLines(lines, [said('2-0', 'customer', 'b'), event('3-0', 'TypingStarted')])).toBe(lines);
  });

  it('show a text as it was written', () => {
    expect(lineOf(said('2-0', 'customer', '<b>&amp;</b>'))).toMatchObject({ kind: 'message', text: '<b>&amp;</b>' });
  });

  it('say what happened in words', () => {
    expect(lineOf(event('2-0', 'ChatEnded', { reason: 'customer-gone' }))).toMatchObject({
      ...{ kind: 'system', who: '', what: 'The chat ended: the customer has gone' },
    });
    expect(lineOf(event('2-0', 'PushFailed', { channel: 'fcm', reason: 'unregistered' }))).toMatchObject({
      isWarning: true,
    });
  });

  it('leave out typing and what is not known', () => {
    expect(lineOf(event('2-0', 'TypingStarted'))).toBeNull();
    expect(lineOf(event('2-0', 'SomethingNew'))).toBeNull();
  });

  it('are for reading when another one has spoken', () => {
    const [own, other, system] = [said('2-0', 'kate', 'a'), said('3-0', 'customer', 'b'), joined('4-0', 'bob')].map(
      lineOf,
    );
    expect(
      [own, other, system].map((line) => line !== undefined && line !== null && isForReading(line, 'kate')),
    ).toEqual([false, true, false]);
  });
});
