import { type Template, transcriptTemplate, verboseTemplate } from './expectation.js';

/**
 * The documented REST exchanges of basic chats, as a table. Line numbers are those of the v1 document this contract
 * comes from (release 8.1.1). Slips of the document are mended: lost ampersands, broken lines, markup in content types.
 * Where an example runs in CometD mode, the row here is the same request in poll mode.
 */
export interface SeedExchange {
  readonly name: string;
  /** First and last line of the example in the document. */
  readonly lines: readonly [first: number, last: number];
  readonly endpoint: DocumentedEndpoint;
  /** What must have happened to the service before, in order. */
  readonly after: readonly Step[];
  readonly request: SeedRequest;
  readonly expected: { readonly status: number; readonly json: Template };
}

/** Another row, by its name; or that the robot agent has shown an event with this text. Without one no agent is there. */
export type Step = string | { readonly agentSays: string };

export interface SeedRequest {
  readonly method: 'GET' | 'POST';
  /** `{id}` stands for the id of the service. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Lines of the document. */
export const SEED_LINES = 1671;

/** What the document describes for basic chats; `send` it names by its URL only. */
export const DOCUMENTED_ENDPOINTS = [
  'create',
  'start',
  'refresh',
  'send',
  'startTyping',
  'stopTyping',
  'disconnect',
] as const;

export type DocumentedEndpoint = (typeof DOCUMENTED_ENDPOINTS)[number];

const CREATE = '/genesys/1/service/request-chat';
const CHAT = '/genesys/1/service/{id}/ixn/chat';

const form = (path: string, body = ''): SeedRequest => ({
  method: 'POST',
  path,
  headers: { 'Accept-Encoding': 'gzip,deflate', 'Content-Type': 'application/x-www-form-urlencoded' },
  body,
});

/** The structures section shows a path with a query and nothing else. */
const bare = (path: string): SeedRequest => ({ method: 'POST', path, headers: {}, body: '' });

/** The walk-through names a charset and an end user. */
const walkThrough = (path: string, body: string): SeedRequest => ({
  method: 'POST',
  path,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8', gms_user: 'BuzzBrain' },
  body,
});

const ok = (json: Template): SeedExchange['expected'] => ({ status: 200, json });

const created: Template = { _id: '<uuid>' };
const createdVerbose: Template = {
  _id: '<uuid>',
  '_chatIxnAPI-CREATE-URL': CHAT,
  _chatIxnAPI_CREATE_URL: CHAT,
};

const connected: Record<string, Template> = {
  chatIxnState: 'CONNECTED',
  chatSessionId: '<sessionId>',
  transcriptPosition: '1',
  chatServiceMessage: 'Chat service is available',
};
const disconnected = (position: string): Record<string, Template> => ({
  chatIxnState: 'DISCONNECTED',
  chatSessionId: '<sessionId>',
  transcriptPosition: position,
  chatServiceMessage: 'Chat was finished',
});
const verbose = verboseTemplate('{id}');

const text = (nickname: string, message: string): Template => [
  'Message.Text',
  nickname,
  message,
  '<seconds>',
  'CLIENT',
];
const startsTyping: Template = ['Notice.TypingStarted', 'VasyaP', 'is typing', '<seconds>', 'CLIENT'];
const stopsTyping: Template = ['Notice.TypingStopped', 'VasyaP', 'stopped typing', '<seconds>', 'CLIENT'];
const agent = (type: string, words: string): Template => [type, 'Robot', words, '<seconds>', 'AGENT'];
const agentJoins = agent('Notice.Joined', 'has joined the session');
const agentAnswers = (message: string): readonly Template[] => [
  agent('Notice.TypingStarted', 'is typing'),
  agent('Notice.TypingStopped', 'stopped typing'),
  agent('Message.Text', `echo: ${message}`),
];

const STRUCTURE_CREATE = 'structures: create';
const STRUCTURE_START = 'structures: start the chat';
const API_CREATE = 'create basic chat service';
const API_START = 'start chat, verbose';
const QUICK_START = 'quick start: start the chat';
const QUICK_EMPTY = 'quick start: refresh with nothing new';
const QUICK_SEND = "quick start: send the user's message";
const START_TYPING = 'start typing';
const JOINED: Step = { agentSays: 'has joined the session' };

export const SEED_EXCHANGES: readonly SeedExchange[] = [
  {
    name: STRUCTURE_CREATE,
    lines: [258, 263],
    endpoint: 'create',
    after: [],
    request: bare(CREATE),
    expected: ok(created),
  },
  {
    name: 'structures: create, verbose',
    lines: [265, 273],
    endpoint: 'create',
    after: [],
    request: bare(`${CREATE}?_verbose=true`),
    expected: ok(createdVerbose),
  },
  {
    name: 'walk-through: create for an end user, verbose',
    lines: [362, 375],
    endpoint: 'create',
    after: [],
    request: walkThrough(CREATE, '_verbose=true'),
    expected: ok(createdVerbose),
  },
  {
    name: API_CREATE,
    lines: [1404, 1425],
    endpoint: 'create',
    after: [],
    request: form(CREATE, '_verbose=true'),
    expected: ok(createdVerbose),
  },
  {
    name: STRUCTURE_START,
    lines: [64, 73],
    endpoint: 'start',
    after: [STRUCTURE_CREATE],
    request: bare(`${CHAT}?firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com`),
    expected: ok(connected),
  },
  {
    name: 'structures: start the chat, verbose',
    lines: [75, 110],
    endpoint: 'start',
    after: [STRUCTURE_CREATE],
    request: bare(`${CHAT}?_verbose=true&firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com`),
    expected: ok({ ...connected, ...verbose }),
  },
  {
    name: 'walk-through: start the chat, verbose',
    lines: [377, 383],
    endpoint: 'start',
    after: ['walk-through: create for an end user, verbose'],
    request: walkThrough(CHAT, '_verbose=true&firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com'),
    expected: ok({ ...connected, ...verbose }),
  },
  {
    name: QUICK_START,
    lines: [753, 774],
    endpoint: 'start',
    after: [API_CREATE],
    request: form(CHAT, 'firstName=Vasya&lastName=Pupkin&email=Vasya.Pupkin@genesyslab.com&subject=test'),
    expected: ok(connected),
  },
  {
    name: API_START,
    lines: [900, 953],
    endpoint: 'start',
    after: [API_CREATE],
    request: form(
      `${CHAT}?_verbose=true`,
      'firstName=Vasya&lastName=Pupkin&email=Vasya.Pupkin@genesyslab.com&subject=test',
    ),
    expected: ok({ ...connected, ...verbose }),
  },
  {
    name: 'structures: refresh with a message',
    lines: [150, 164],
    endpoint: 'refresh',
    after: [STRUCTURE_CREATE, STRUCTURE_START],
    request: bare(`${CHAT}/refresh?message=hello%20agent`),
    expected: ok(transcriptTemplate('2', [text('BuzzB', 'hello agent')])),
  },
  {
    name: 'structures: refresh with a message, an agent being there',
    lines: [150, 164],
    endpoint: 'refresh',
    after: [STRUCTURE_CREATE, STRUCTURE_START, JOINED],
    // From the start, since waiting for the agent has read his joining already.
    request: bare(`${CHAT}/refresh?transcriptPosition=1&message=hello%20agent`),
    expected: ok(transcriptTemplate('3', [agentJoins, text('BuzzB', 'hello agent')])),
  },
  {
    name: 'structures: refresh with a message, verbose',
    lines: [166, 240],
    endpoint: 'refresh',
    after: [STRUCTURE_CREATE, STRUCTURE_START],
    request: bare(`${CHAT}/refresh?_verbose=true&message=hello%20agent`),
    expected: ok({ ...transcriptTemplate('2', [text('BuzzB', 'hello agent')]), ...verbose }),
  },
  {
    name: 'structures: refresh with a message, verbose, an agent having answered',
    lines: [166, 240],
    endpoint: 'refresh',
    after: [
      STRUCTURE_CREATE,
      STRUCTURE_START,
      JOINED,
      'structures: refresh with a message',
      { agentSays: 'echo: hello agent' },
    ],
    request: bare(`${CHAT}/refresh?transcriptPosition=1&_verbose=true&message=hello%20agent`),
    expected: ok({
      ...transcriptTemplate('7', [
        agentJoins,
        text('BuzzB', 'hello agent'),
        ...agentAnswers('hello agent'),
        text('BuzzB', 'hello agent'),
      ]),
      ...verbose,
    }),
  },
  {
    name: 'the URL that refreshes from the start',
    lines: [147, 148],
    endpoint: 'refresh',
    after: [API_CREATE, QUICK_START, QUICK_SEND],
    request: form(`${CHAT}/refresh?transcriptPosition=1`),
    expected: ok(transcriptTemplate('2', [text('VasyaP', 'hello agent')])),
  },
  {
    name: QUICK_EMPTY,
    lines: [776, 792],
    endpoint: 'refresh',
    after: [API_CREATE, QUICK_START],
    request: form(`${CHAT}/refresh`),
    expected: ok(transcriptTemplate('1', [])),
  },
  {
    name: QUICK_SEND,
    lines: [794, 812],
    endpoint: 'refresh',
    after: [API_CREATE, QUICK_START],
    // The space stands unescaped in the document's body too.
    request: form(`${CHAT}/refresh`, 'message=hello agent'),
    expected: ok(transcriptTemplate('2', [text('VasyaP', 'hello agent')])),
  },
  {
    name: 'quick start: nothing new after the message',
    lines: [776, 812],
    endpoint: 'refresh',
    after: [API_CREATE, QUICK_START, QUICK_EMPTY, QUICK_SEND],
    request: form(`${CHAT}/refresh`),
    expected: ok(transcriptTemplate('2', [])),
  },
  {
    name: 'refresh chat with a message, verbose',
    lines: [1011, 1104],
    endpoint: 'refresh',
    after: [API_CREATE, API_START],
    request: form(`${CHAT}/refresh?_verbose=true`, 'message=aaa'),
    expected: ok({ ...transcriptTemplate('2', [text('VasyaP', 'aaa')]), ...verbose }),
  },
  {
    name: 'refresh chat with a message, verbose, an agent being there',
    lines: [1011, 1104],
    endpoint: 'refresh',
    after: [API_CREATE, API_START, JOINED],
    request: form(`${CHAT}/refresh?_verbose=true`, 'transcriptPosition=1&message=aaa'),
    expected: ok({ ...transcriptTemplate('3', [agentJoins, text('VasyaP', 'aaa')]), ...verbose }),
  },
  {
    name: 'the URL that sends a message',
    lines: [137, 137],
    endpoint: 'send',
    after: [API_CREATE, API_START],
    request: form(`${CHAT}/send`, 'message=hello+agent'),
    expected: ok(transcriptTemplate('2', [text('VasyaP', 'hello agent')])),
  },
  {
    name: 'the URL that sends a message, verbose',
    lines: [126, 137],
    endpoint: 'send',
    after: [API_CREATE, API_START],
    request: form(`${CHAT}/send`, '_verbose=true&message=hello+agent'),
    expected: ok({ ...transcriptTemplate('2', [text('VasyaP', 'hello agent')]), ...verbose }),
  },
  {
    name: START_TYPING,
    lines: [1151, 1186],
    endpoint: 'startTyping',
    after: [API_CREATE, API_START],
    request: form(`${CHAT}/startTyping`),
    expected: ok(transcriptTemplate('2', [startsTyping])),
  },
  {
    name: 'start typing, verbose',
    lines: [1119, 1127],
    endpoint: 'startTyping',
    after: [API_CREATE, API_START],
    request: form(`${CHAT}/startTyping`, '_verbose=true'),
    expected: ok({ ...transcriptTemplate('2', [startsTyping]), ...verbose }),
  },
  {
    name: 'stop typing',
    lines: [1234, 1269],
    endpoint: 'stopTyping',
    after: [API_CREATE, API_START, START_TYPING],
    request: form(`${CHAT}/stopTyping`),
    expected: ok(transcriptTemplate('3', [stopsTyping])),
  },
  {
    name: 'stop typing, verbose',
    lines: [1203, 1211],
    endpoint: 'stopTyping',
    after: [API_CREATE, API_START, START_TYPING],
    request: form(`${CHAT}/stopTyping`, '_verbose=true'),
    expected: ok({ ...transcriptTemplate('3', [stopsTyping]), ...verbose }),
  },
  {
    name: 'disconnect from chat session',
    lines: [1317, 1341],
    endpoint: 'disconnect',
    after: [API_CREATE, API_START, START_TYPING, 'stop typing'],
    request: form(`${CHAT}/disconnect`),
    expected: ok(disconnected('3')),
  },
  {
    name: 'quick start: disconnect the user from the chat',
    lines: [814, 835],
    endpoint: 'disconnect',
    after: [API_CREATE, QUICK_START, QUICK_SEND],
    request: form(`${CHAT}/disconnect`),
    expected: ok(disconnected('2')),
  },
  {
    name: 'walk-through: disconnect, verbose',
    lines: [514, 558],
    endpoint: 'disconnect',
    after: ['walk-through: create for an end user, verbose', 'walk-through: start the chat, verbose'],
    // The document leaves the user out of this request.
    request: {
      ...walkThrough(`${CHAT}/disconnect`, '_verbose=true'),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' },
    },
    expected: ok({ ...disconnected('1'), ...verbose }),
  },
];
