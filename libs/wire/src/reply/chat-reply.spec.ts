import type { ChatState } from '@app/domain';
import { CHAT, FACADE } from '../testing/chat.js';
import {
  connectedReply,
  deliveredMessage,
  disconnectedReply,
  endedReply,
  type ReplyFrame,
  transcriptReply,
} from './chat-reply.js';
import { verboseFields } from './verbose-fields.js';

const COMET: ChatState = { ...CHAT, notifyBy: 'comet' };

const frame = (more: Partial<ReplyFrame> = {}): ReplyFrame => ({
  serviceId: '0f0e',
  chat: CHAT,
  position: 4,
  positionAs: 'string',
  verbose: '',
  ...more,
});
const verbose = verboseFields('0f0e', {}, CHAT, FACADE);

const LINES = [
  '["Message.Text","Kristi","hi","3","AGENT"]',
  '["Notice.TypingStarted","Kristi","is typing","4","AGENT"]',
];

const COMET_FIELDS = {
  _id: '0f0e',
  comet_channel: '/_genesys',
  message: 'Messages will sent over CometD service channel /_genesys',
};

describe('the reply to ixn/chat', () => {
  it('is exactly this in poll mode', () => {
    expect(connectedReply(frame({ position: 1 }))).toBe(
      '{"chatIxnState":"CONNECTED","chatSessionId":"00058A99N4CB0009","transcriptPosition":"1","chatServiceMessage":"Chat service is available"}',
    );
  });

  it('says in CometD mode where the messages come', () => {
    expect(JSON.parse(connectedReply(frame({ position: 1, chat: COMET })))).toEqual({
      chatIxnState: 'CONNECTED',
      chatSessionId: '00058A99N4CB0009',
      transcriptPosition: '1',
      chatServiceMessage: 'Chat service is available',
      ...COMET_FIELDS,
    });
  });
});

describe('the reply to refresh, send and typing', () => {
  it('is exactly this in poll mode', () => {
    expect(transcriptReply(frame(), LINES)).toBe(
      `{"chatIxnState":"TRANSCRIPT","chatSessionId":"00058A99N4CB0009","transcriptPosition":"4","chatServiceMessage":"Chat service is available","transcriptToShow":[${LINES.join(',')}],"startedAt":"2012-12-18T01:02:03Z"}`,
    );
  });

  it('has an empty list when there is nothing to show', () => {
    expect(JSON.parse(transcriptReply(frame(), []))).toMatchObject({ transcriptToShow: [] });
  });

  it('has an empty list and the three keys in CometD mode', () => {
    expect(JSON.parse(transcriptReply(frame({ chat: COMET }), []))).toEqual({
      chatIxnState: 'TRANSCRIPT',
      chatSessionId: '00058A99N4CB0009',
      transcriptPosition: '4',
      chatServiceMessage: 'Chat service is available',
      transcriptToShow: [],
      startedAt: '2012-12-18T01:02:03Z',
      ...COMET_FIELDS,
    });
  });
});

describe('the reply to disconnect', () => {
  it.each([CHAT, COMET])('is exactly this in either mode, and shows no events', (chat) => {
    expect(disconnectedReply(frame({ chat }))).toBe(
      '{"chatIxnState":"DISCONNECTED","chatSessionId":"00058A99N4CB0009","transcriptPosition":"4","chatServiceMessage":"Chat was finished"}',
    );
  });
});

describe('the reply after the end', () => {
  it('shows what is left', () => {
    const reply = JSON.parse(endedReply(frame(), LINES)) as Record<string, unknown>;
    expect(reply).toMatchObject({
      chatIxnState: 'DISCONNECTED',
      transcriptToShow: LINES.map((line) => JSON.parse(line) as unknown),
    });
    expect(reply).not.toHaveProperty('exception');
    expect(reply).not.toHaveProperty('message');
  });

  it('explains itself once there is nothing left', () => {
    const reply = JSON.parse(endedReply(frame(), [])) as Record<string, unknown>;
    expect(reply).toMatchObject({ chatIxnState: 'DISCONNECTED', transcriptToShow: [] });
    expect(Object.keys(reply)).toEqual(expect.arrayContaining(['exception', 'message']));
  });
});

describe('a message of the channel', () => {
  const delivered = {
    channel: '/_genesys',
    messageId: 'ab'.repeat(16),
    serviceId: '0f0e',
    chat: CHAT,
    state: 'TRANSCRIPT',
    position: 4,
    lines: LINES,
    verbose: '',
  } as const;

  it('is exactly this', () => {
    expect(deliveredMessage(delivered)).toBe(
      `{"channel":"/_genesys","data":{"id":"${'ab'.repeat(16)}","message":{"chatIxnState":"TRANSCRIPT","chatSessionId":"00058A99N4CB0009","transcriptPosition":"4","chatServiceMessage":"Chat service is available","transcriptToShow":[${LINES.join(',')}],"startedAt":"2012-12-18T01:02:03Z"},"tag":"service.chat.refresh.0f0e"}}`,
    );
  });

  it('says when the chat is over, and carries the verbose fields when asked to', () => {
    expect(JSON.parse(deliveredMessage({ ...delivered, state: 'DISCONNECTED', verbose }))).toMatchObject({
      data: {
        message: {
          chatIxnState: 'DISCONNECTED',
          chatServiceMessage: 'Chat was finished',
          secureKey: '0123456789abcdef',
        },
      },
    });
  });
});

describe('every reply', () => {
  const makers: readonly [string, (given: ReplyFrame) => string][] = [
    ['connected', connectedReply],
    ['transcript', (given) => transcriptReply(given, LINES)],
    ['disconnected', disconnectedReply],
    ['ended', (given) => endedReply(given, LINES)],
    ['ended, nothing left', (given) => endedReply(given, [])],
  ];

  it.each(makers)('has nothing but strings for scalars: %s', (_, make) => {
    for (const chat of [CHAT, COMET]) {
      const { transcriptToShow, ...scalars } = JSON.parse(make(frame({ chat, verbose }))) as Record<string, unknown>;
      expect(Object.values(scalars).map((value) => typeof value)).toEqual(Object.values(scalars).map(() => 'string'));
      expect(transcriptToShow ?? []).toBeInstanceOf(Array);
    }
  });

  it.each(makers)(
    'has a number for the position where the request was JSON, and nothing else changes: %s',
    (_, make) => {
      const asString = make(frame({ verbose }));
      expect(make(frame({ verbose, positionAs: 'number' }))).toBe(
        asString.replace('"transcriptPosition":"4"', '"transcriptPosition":4'),
      );
    },
  );

  it.each(makers)('carries the verbose fields when asked to, in CometD mode too: %s', (_, make) => {
    for (const chat of [CHAT, COMET]) {
      const plain = JSON.parse(make(frame({ chat }))) as Record<string, unknown>;
      const added = JSON.parse(`{${verbose.slice(1)}}`) as Record<string, unknown>;
      expect(JSON.parse(make(frame({ chat, verbose })))).toEqual({ ...plain, ...added });
    }
  });
});
