import {
  isWebPage,
  NOTHING_YET,
  positionAfter,
  takeBatch,
  type Transcript,
  typingIn,
  type WireEvent,
} from './transcript.js';

const said = (text: string, party = 'AGENT'): WireEvent => ['Message.Text', 'Kate', text, '3', party];
const batch = (transcriptPosition: string | number, ...transcriptToShow: readonly WireEvent[]) => ({
  chatIxnState: 'TRANSCRIPT',
  transcriptPosition,
  transcriptToShow,
});
const texts = ({ lines }: Transcript): readonly (readonly [number, string])[] =>
  lines.map(({ position, text }) => [position, text]);

describe('a transcript', () => {
  it('gives each event its own position', () => {
    const first = takeBatch(NOTHING_YET, batch('3', said('a'), said('b')));
    expect(texts(first)).toEqual([
      [2, 'a'],
      [3, 'b'],
    ]);
    expect(first.position).toBe(3);
    expect(texts(takeBatch(first, batch(4, said('c'))))).toEqual([
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ]);
  });

  it('shows nothing twice, in whatever order it comes', () => {
    const late = takeBatch(NOTHING_YET, batch('4', said('c')));
    const whole = takeBatch(late, batch('4', said('a'), said('b'), said('c')));
    expect(texts(whole)).toEqual([
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ]);
    expect(takeBatch(whole, batch('3', said('a'), said('b'))).lines).toBe(whole.lines);
  });

  it('is asked for from before a hole, until that is filled', () => {
    const first = takeBatch(NOTHING_YET, batch('2', said('a')));
    const holed = takeBatch(first, batch('5', said('d')));
    expect([holed.position, texts(holed)]).toEqual([
      2,
      [
        [2, 'a'],
        [5, 'd'],
      ],
    ]);
    const filled = takeBatch(holed, batch('5', said('b'), said('c'), said('d')));
    expect([filled.position, texts(filled).map(([, text]) => text)]).toEqual([5, ['a', 'b', 'c', 'd']]);
  });

  it.each([
    ['an empty answer', 3, batch('3'), 3],
    ['an empty answer of somebody who is ahead', 3, batch('7'), 3],
    ['an answer that comes late', 7, batch('4', said('a')), 7],
    ['an answer that overlaps', 3, batch('5', said('a'), said('b'), said('c')), 5],
    ['an answer that says nothing of its position', 3, batch('', said('a')), 3],
    ['the first answer', 1, batch('2', said('a')), 2],
  ])('moves on as far as nothing is missing: %s', (_, position, came, expected) => {
    expect(positionAfter(position, came)).toBe(expected);
  });

  it('stays where it is when there is nothing new, and ends', () => {
    const some = takeBatch(NOTHING_YET, batch('2', said('a')));
    const ended = takeBatch(some, { chatIxnState: 'DISCONNECTED', transcriptPosition: '2' });
    expect([ended.position, ended.isEnded, ended.lines]).toEqual([2, true, some.lines]);
  });

  it('knows who is typing', () => {
    const typing = takeBatch(NOTHING_YET, batch('2', ['Notice.TypingStarted', 'Kate', 'is typing', '1', 'AGENT']));
    expect(typingIn(typing)).toEqual(['Kate']);
    expect(typingIn(takeBatch(typing, batch('3', said('a'))))).toEqual([]);
  });
});

describe('a pushed URL', () => {
  it.each([
    ['https://help.example/a?b=c', true],
    ['javascript:alert(1)', false],
    ['https://a b', false],
    ['data:text/html,x', false],
  ])('%s is a page: %s', (text, expected) => {
    expect(isWebPage(text)).toBe(expected);
  });
});
