import type { WireEvent } from '../../conformance/customer.js';
import { checkStore, type Seen, type StoredChat, TranscriptCheck, type ViolationKind } from './transcript-check.js';

const chatOf = (user: string, count: number): StoredChat => ({
  user,
  sessionId: `session of ${user}`,
  events: Array.from({ length: count }, (_, index): WireEvent => [
    'Message.Text',
    'Agent',
    `text ${index} to ${user}`,
    '0',
    'AGENT',
  ]),
});

const ann = chatOf('Ann', 8);
const bob = chatOf('Bob', 8);

/** A message with the events at the positions given. */
const message = (from: number, to: number, chat = ann, claimed = to): Seen => ({
  kind: 'message',
  sessionId: chat.sessionId,
  state: 'TRANSCRIPT',
  position: claimed,
  events: chat.events.slice(from - 2, to - 1),
});
const start: Seen = { kind: 'message', sessionId: ann.sessionId, state: 'TRANSCRIPT', position: 1, events: [] };
const end: Seen = { kind: 'message', sessionId: ann.sessionId, state: 'DISCONNECTED', position: 9, events: [] };
const answered: Seen = { kind: 'answered' };
const newClient: Seen = { kind: 'new client' };

const verdictOf = (...seen: readonly Seen[]) => TranscriptCheck.run(seen, ann, [bob]);
const kindsOf = (...seen: readonly Seen[]): readonly ViolationKind[] =>
  verdictOf(...seen).violations.map(({ kind }) => kind);

describe('TranscriptCheck', () => {
  it('has nothing to say when everything comes once and in order', () => {
    expect(verdictOf(newClient, start, answered, message(2, 4), answered, message(5, 9), end, answered)).toEqual({
      violations: [],
      shown: 10,
      again: 0,
    });
  });

  it.each<readonly [string, readonly Seen[], readonly ViolationKind[]]>([
    ['an event that never comes', [start, message(2, 4), message(6, 9), end], ['lost']],
    ['a start that never comes', [message(2, 9), end], ['lost']],
    ['an end that never comes', [start, message(2, 9)], ['lost']],
    ['nothing at all', [], Array<ViolationKind>(10).fill('lost')],
    ['an event that comes twice', [start, message(2, 4), message(4, 9), end], ['doubled']],
    [
      'a batch that comes twice',
      [start, message(2, 4), message(2, 4), message(5, 9), end],
      Array<ViolationKind>(3).fill('doubled'),
    ],
    ['an end that comes twice', [start, message(2, 9), end, end], ['doubled']],
    [
      'events in the wrong order',
      [start, message(2, 3), message(5, 5), message(4, 4), message(6, 9), end],
      ['out of order'],
    ],
    [
      'an event of somebody else in a message of ours',
      [start, { ...message(2, 2, bob), sessionId: ann.sessionId } as Seen, message(2, 9), end],
      ['another user’s'],
    ],
    ['a message of somebody else', [start, message(2, 9), message(2, 2, bob), end], ['another user’s']],
    [
      'a batch that claims to end elsewhere',
      [start, message(2, 4, ann, 5), message(5, 9), end],
      Array<ViolationKind>(3).fill('wrong position'),
    ],
    ['an end at a wrong position', [start, message(2, 9), { ...end, position: 8 }], ['wrong position', 'lost']],
  ])('finds %s', (_, seen, kinds) => {
    expect(kindsOf(newClient, ...seen)).toEqual(kinds);
  });

  it('lets a new client have again what its predecessor had not confirmed', () => {
    const verdict = verdictOf(
      ...[newClient, start, answered, message(2, 4), answered, message(5, 6)],
      ...[newClient, message(2, 6), answered, message(7, 9), end],
    );
    expect(verdict).toEqual({ violations: [], shown: 10, again: 5 });
  });

  it('finds what a new client has again although it was confirmed', () => {
    // The answer after that with 2 to 4 proves that the server knew of them.
    const seen = [newClient, start, answered, message(2, 4), answered, message(5, 6), answered];
    expect(kindsOf(...seen, newClient, message(4, 9), end)).toEqual(['doubled']);
    expect(kindsOf(...seen, newClient, message(5, 9), end)).toEqual([]);
  });

  it('finds what is lost between two clients', () => {
    const seen = [newClient, start, message(2, 4), answered];
    expect(kindsOf(...seen, newClient, message(6, 9), end)).toEqual(['lost']);
  });

  it('finds what comes twice to a new client', () => {
    const seen = [newClient, start, message(2, 4), newClient, message(2, 4)];
    expect(kindsOf(...seen, message(4, 9), end)).toEqual(['doubled']);
  });

  it('wants everything after the position that was left behind, and nothing before it', () => {
    const seen = [newClient, start, answered, message(2, 6), answered, answered];
    const back = { kind: 'new client', resumeAfter: 4 } as const;
    expect(verdictOf(...seen, back, message(5, 9), end)).toEqual({ violations: [], shown: 10, again: 2 });
    expect(kindsOf(...seen, back, newClient, message(5, 9), end)).toEqual([]);
    expect(kindsOf(...seen, back, message(4, 9), end)).toEqual(['doubled']);
    expect(kindsOf(...seen, back, message(6, 9), end)).toEqual(['lost']);
    expect(kindsOf(...seen, back, message(5, 5), message(7, 9), end)).toEqual(['lost']);
    expect(kindsOf(...seen, { kind: 'new client', resumeAfter: 6 }, message(8, 9), end)).toEqual(['lost']);
  });
});

describe('checkStore', () => {
  const written = ann.events.map(([, , text], index) => ({ text, position: index % 2 === 0 ? index + 2 : undefined }));

  it('has nothing to say when every text is there once', () => {
    expect(checkStore(ann, written)).toEqual([]);
  });

  it('finds texts that are missing, doubled, elsewhere or from somewhere else', () => {
    const [first, ...rest] = written;
    const kinds = (chat: StoredChat, texts: typeof written) => checkStore(chat, texts).map(({ kind }) => kind);
    expect(kinds(ann, [...written, { text: 'gone', position: undefined }])).toEqual(['lost']);
    expect(kinds({ ...ann, events: [...ann.events, ann.events[0]!] }, written)).toEqual(['doubled']);
    expect(kinds(ann, [{ text: first!.text, position: 3 }, ...rest])).toEqual(['wrong position']);
    expect(kinds({ ...ann, events: [...ann.events, bob.events[0]!] }, written)).toEqual(['another user’s']);
  });
});
