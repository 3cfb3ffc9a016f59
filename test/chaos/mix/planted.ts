import type { WireEvent } from '../../conformance/customer.js';
import type { HistoryLine, Reading, Transcript, Try } from './history.js';
import { checkHistory, type ViolationKind } from './history-check.js';

const message = (text: string, seconds: number): WireEvent => ['Message.Text', 'Ann', text, String(seconds), 'CLIENT'];

const CHATS = ['chat one', 'chat two'] as const;
const READERS = ['store', 'gateway 1', 'gateway 2'] as const;
const COUNT = 6;

const textOf = (chat: string, number: number): string => `${number} in ${chat}`;

const transcriptOf = (chat: string, reader: string): Transcript => ({
  kind: 'transcript',
  chat,
  reader,
  events: Array.from({ length: COUNT }, (_, index) => ({
    position: index + 2,
    event: message(textOf(chat, index + 1), index),
  })),
});

/** Two chats of six messages each, one of which had to be sent twice, and one that was refused; nothing is wrong. */
export const soundHistory = (): HistoryLine[] => {
  const lines: HistoryLine[] = [];
  let clock = 0;
  const tick = (): number => (clock += 1);
  for (const chat of CHATS) {
    for (let number = 1; number <= COUNT; number += 1) {
      const write = { kind: 'try', chat, text: textOf(chat, number) } as const;
      if (number === 3) lines.push({ ...write, outcome: 'unknown', begun: tick(), ended: tick() });
      lines.push({ ...write, outcome: 'kept', position: number + 1, begun: tick(), ended: tick() });
    }
    lines.push({ kind: 'try', chat, text: `too long in ${chat}`, outcome: 'refused', begun: tick(), ended: tick() });
    const events = transcriptOf(chat, '')
      .events.slice(2)
      .map(({ event }) => event);
    lines.push({ kind: 'reading', chat, reader: 'Ann', after: 3, position: 7, events, begun: tick(), ended: tick() });
    for (const reader of READERS) lines.push(transcriptOf(chat, reader));
  }
  return lines;
};

const isMain = ({ chat }: HistoryLine): boolean => chat === CHATS[0];

/** Changes the transcripts of the first chat, as all readers have them. */
const inTranscripts =
  (change: (line: Transcript) => Transcript) =>
  (lines: HistoryLine[]): HistoryLine[] =>
    lines.map((line) => (line.kind === 'transcript' && isMain(line) ? change(line) : line));

const inReadings =
  (change: (line: Reading) => Reading) =>
  (lines: HistoryLine[]): HistoryLine[] =>
    lines.map((line) => (line.kind === 'reading' && isMain(line) ? change(line) : line));

const inTries =
  (change: (line: Try) => Try) =>
  (lines: HistoryLine[]): HistoryLine[] =>
    lines.map((line) => (line.kind === 'try' && isMain(line) ? change(line) : line));

const withEvents = (line: Transcript, events: readonly WireEvent[]): Transcript => ({
  ...line,
  events: events.map((event, index) => ({ position: index + 2, event })),
});

const eventsOf = ({ events }: Transcript): WireEvent[] => events.map(({ event }) => event);

interface Planted {
  readonly what: string;
  /** The one kind that must be found. */
  readonly kind: ViolationKind;
  readonly plant: (lines: HistoryLine[]) => HistoryLine[];
}

const withoutReadings = (lines: HistoryLine[]): HistoryLine[] => lines.filter(({ kind }) => kind !== 'reading');

/** One fault each in a history that is sound otherwise. */
export const PLANTED: readonly Planted[] = [
  {
    what: 'a message that was answered 200 is not there',
    kind: 'lost',
    plant: (lines) => inTranscripts((line) => withEvents(line, eventsOf(line).slice(0, -1)))(withoutReadings(lines)),
  },
  {
    what: 'a message is there twice',
    kind: 'doubled',
    plant: inTranscripts((line) => withEvents(line, [...eventsOf(line), message(textOf(CHATS[0], 6), 9)])),
  },
  {
    what: 'a message that was refused is there',
    kind: 'ghost',
    plant: inTranscripts((line) => withEvents(line, [...eventsOf(line), message(`too long in ${CHATS[0]}`, 9)])),
  },
  {
    what: 'a message that nobody wrote is there',
    kind: 'ghost',
    plant: inTranscripts((line) => withEvents(line, [...eventsOf(line), message('who wrote this?', 9)])),
  },
  {
    what: 'a message of another chat is there',
    kind: 'leaked',
    plant: inTranscripts((line) => withEvents(line, [...eventsOf(line), message(textOf(CHATS[1], 2), 9)])),
  },
  {
    what: 'a reader was shown a message of another chat',
    kind: 'leaked',
    plant: inReadings((line) => ({ ...line, events: [...line.events.slice(0, -1), message(textOf(CHATS[1], 6), 5)] })),
  },
  {
    what: 'a message is elsewhere than was answered',
    kind: 'wrong position',
    plant: inTries((line) => (line.position === 5 ? { ...line, position: 6 } : line)),
  },
  {
    what: 'two answers to one message name two positions',
    kind: 'wrong position',
    plant: (lines) => [
      ...lines,
      { kind: 'try', chat: CHATS[0], text: textOf(CHATS[0], 2), outcome: 'kept', position: 4, begun: 900, ended: 901 },
    ],
  },
  {
    what: 'a position is missing',
    kind: 'gap',
    plant: (lines) =>
      [
        ...withoutReadings(lines).filter((line) => !isMain(line)),
        ...withoutReadings(lines).filter(
          (line) => isMain(line) && !(line.kind === 'try' && line.text === textOf(CHATS[0], 4)),
        ),
      ].map((line) =>
        line.kind === 'transcript' && isMain(line)
          ? { ...line, events: line.events.filter(({ position }) => position !== 5) }
          : line,
      ),
  },
  {
    what: 'a reader was not shown the first of what he asked for',
    kind: 'gap',
    plant: inReadings((line) => ({ ...line, events: line.events.slice(1) })),
  },
  {
    what: 'a reader was shown two messages in another order',
    kind: 'out of order',
    plant: inReadings(({ events: [first, second, ...rest], ...line }) => ({
      ...line,
      events: first === undefined || second === undefined ? rest : [second, first, ...rest],
    })),
  },
  {
    what: 'a message stands before one that was answered before it was sent',
    kind: 'out of order',
    plant: (lines) =>
      inTries((line) => {
        if (line.text === textOf(CHATS[0], 5)) return { ...line, begun: line.begun + 2, ended: line.ended + 2 };
        return line.text === textOf(CHATS[0], 6) ? { ...line, begun: line.begun - 2, ended: line.ended - 2 } : line;
      })(lines),
  },
  {
    what: 'a reader was shown less than was known',
    kind: 'stale',
    plant: inReadings((line) => ({ ...line, after: 3, position: 6, events: line.events.slice(0, -1) })),
  },
  {
    what: 'the gateways show different transcripts',
    kind: 'readers differ',
    plant: inTranscripts((line) =>
      line.reader === 'gateway 2' ? withEvents(line, eventsOf(line).slice(0, -1)) : line,
    ),
  },
  {
    what: 'a stored byte was changed',
    kind: 'chain broken',
    plant: inTranscripts((line) => (line.reader === 'store' ? { ...line, brokenAt: '4-0' } : line)),
  },
  {
    what: 'the seconds go back',
    kind: 'time went back',
    plant: (lines) =>
      inTranscripts((line) =>
        withEvents(
          line,
          eventsOf(line).map((event, index) => (index === 3 ? message(textOf(CHATS[0], 4), 1) : event)),
        ),
      )(withoutReadings(lines)),
  },
];

/** Whether the checker finds a planted fault, and nothing else. */
export interface Proof {
  readonly what: string;
  readonly expected: ViolationKind | 'nothing';
  readonly found: readonly ViolationKind[];
  readonly isRight: boolean;
}

const proofOf = (what: string, expected: Proof['expected'], lines: readonly HistoryLine[]): Proof => {
  const found = [...new Set(checkHistory(lines).violations.map(({ kind }) => kind))];
  const isRight = expected === 'nothing' ? found.length === 0 : found.length === 1 && found[0] === expected;
  return { what, expected, found, isRight };
};

/** The checker proves itself: silent on a sound history, and of each planted fault it finds exactly that. */
export const proveChecker = (): readonly Proof[] => [
  proofOf('nothing is wrong', 'nothing', soundHistory()),
  ...PLANTED.map(({ what, kind, plant }) => proofOf(what, kind, plant(soundHistory()))),
];
