import fc from 'fast-check';
import type { StreamEvent } from '../api/shapes.js';
import { chatAtStart, event, joined, page, said } from '../testing/samples.js';
import { evolveChat } from './chat-fold.js';
import { doubt, markSeen, newOpenChat, type OpenChat, takePage, takePushed, takeSnapshot } from './open-chat.js';
import { addLines } from './transcript-line.js';

const ME = 'kate';
const STREAM: readonly StreamEvent[] = [
  joined('2-0', ME),
  said('3-0', 'customer', 'hello'),
  event('4-0', 'TypingStarted', { participantId: ME, nickname: 'Kate' }),
  said('5-0', ME, 'hi'),
  event('5-1', 'WhisperSent', { participantId: 'sam', nickname: 'Sam', text: 'careful' }),
  event('6-0', 'TypingStarted', { participantId: 'customer', nickname: 'VasyaP' }),
  said('7-0', 'customer', 'and?'),
  event('7-1', 'CustomerAway'),
  event('8-0', 'ChatEnded', { reason: 'idle' }),
];
const snapshotAt = (count: number) => STREAM.slice(0, count).reduce(evolveChat, chatAtStart());
const push = (open: OpenChat, from: number, to: number) => takePushed(open, STREAM.slice(from, to), ME);

describe('an open chat', () => {
  it('is the same whatever is loaded or pushed first', () => {
    const places = fc.integer({ min: 0, max: STREAM.length });
    fc.assert(
      fc.property(places, places, places, fc.boolean(), (pushedFrom, loadedTo, snapshotTo, isPushedFirst) => {
        // All that was not loaded is pushed, since the subscription stands before anything is loaded.
        const from = Math.min(pushedFrom, loadedTo, snapshotTo);
        const load = (open: OpenChat) =>
          takePage(takeSnapshot(open, snapshotAt(snapshotTo)), page(STREAM.slice(0, loadedTo)), true, ME);
        const told = (open: OpenChat) => push(open, from, STREAM.length);
        const open = isPushedFirst ? load(told(newOpenChat('s1'))) : told(load(newOpenChat('s1')));
        expect(open.chat).toEqual(snapshotAt(STREAM.length));
        expect(open.lines).toEqual(addLines([], STREAM));
        expect(open.isComplete).toBe(true);
        expect(open.unfolded).toEqual([]);
      }),
    );
  });

  it('mends what it missed while the connection was broken', () => {
    const before = push(takePage(takeSnapshot(newOpenChat('s1'), chatAtStart()), page([]), true, ME), 0, 3);
    expect(before.completeTo).toBe('4-0');
    // Two events are lost; one comes over the new subscription before the chat is loaded again.
    const broken = push(doubt(before), 5, 6);
    expect(broken.completeTo).toBe('4-0');
    const mended = takePage(takeSnapshot(broken, snapshotAt(5)), page(STREAM.slice(3, 5)), true, ME);
    expect(mended.chat).toEqual(snapshotAt(6));
    expect(mended.lines).toEqual(addLines([], STREAM.slice(0, 6)));
  });

  it('is not complete by a page that was asked for before the break', () => {
    expect(takePage(newOpenChat('s1'), page(STREAM.slice(0, 2)), false, ME).isComplete).toBe(false);
  });

  it('keeps what is newer than an answer that was long on its way', () => {
    const open = push(takeSnapshot(newOpenChat('s1'), chatAtStart()), 0, 4);
    expect(takeSnapshot(open, snapshotAt(2))).toBe(open);
  });

  it('counts what others said until it was seen', () => {
    const open = push(newOpenChat('s1'), 0, 5);
    expect(open.unread).toBe(2);
    const seen = markSeen(open);
    expect(seen).toMatchObject({ unread: 0, seenTo: '5-1' });
    expect(push(seen, 5, 7).unread).toBe(1);
    expect(markSeen(seen)).toBe(seen);
  });

  it('remembers after a reload what was seen', () => {
    expect(push(newOpenChat('s1', { seenTo: '5-1' }), 0, 7).unread).toBe(1);
  });
});
