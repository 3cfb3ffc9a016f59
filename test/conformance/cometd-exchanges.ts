import { type Template, transcriptTemplate, verboseTemplate } from './expectation.js';

/**
 * The documented conversations in CometD mode, as tables. Line numbers are those of the v1 document this contract comes
 * from (release 8.1.1). Its slips are mended: lost ampersands, broken lines, replies with the id of another request. What
 * is expected is all that we answer, which holds all that the document shows.
 */
export interface CometdExchange {
  readonly name: string;
  /** First and last line of the example in the document. */
  readonly lines: readonly [first: number, last: number];
  /** What the agent does before. */
  readonly agent?: 'joins' | 'types' | { readonly says: string };
  readonly request: CometdRequest;
  readonly expected: Template;
  /** Of an exchange that tells of an event: the position that the document shows, which counts one join more than ours. */
  readonly documentedPosition?: number;
}

export interface CometdRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `{id}` stands for the id of the service, here and in the path, `{clientId}` for that of the Bayeux client. */
  readonly body: string;
}

/** One conversation: each exchange needs those before it. */
export interface CometdConversation {
  readonly name: string;
  /** Stands for `{user}` in headers. */
  readonly user: string;
  readonly exchanges: readonly CometdExchange[];
}

const CREATE = '/genesys/1/service/request-chat';
const CHAT = '/genesys/1/service/{id}/ixn/chat';
const CONNECT = '/meta/connect';
/** 128 bits, as 32 hexadecimal digits. */
const MESSAGE_ID = '<hex16><hex16>';

const ADVICE: Template = { interval: 0, reconnect: 'retry', timeout: 60_000 };

const handshakeReply = (id: string): Template => [
  {
    id,
    channel: '/meta/handshake',
    successful: true,
    version: '1.0',
    minimumVersion: '1.0',
    supportedConnectionTypes: ['long-polling', 'callback-polling', 'websocket'],
    clientId: '<any string>',
    advice: ADVICE,
    ext: { ack: true },
  },
];
const connectReply = (id: string): Template => ({ id, channel: CONNECT, successful: true });
const firstConnectReply: Template = [{ id: '1', channel: CONNECT, successful: true, advice: ADVICE }];
const subscribeReply: Template = [{ id: '2', channel: '/meta/subscribe', successful: true, subscription: '/_genesys' }];

/** What the replies to chat operations have in CometD mode beside their own. */
export const COMET_FIELDS: Record<string, Template> = {
  _id: '{id}',
  comet_channel: '/_genesys',
  message: 'Messages will sent over CometD service channel /_genesys',
};
const connected: Record<string, Template> = {
  chatIxnState: 'CONNECTED',
  chatSessionId: '<sessionId>',
  transcriptPosition: '1',
  chatServiceMessage: 'Chat service is available',
  ...COMET_FIELDS,
};
const disconnected = (position: string): Record<string, Template> => ({
  chatIxnState: 'DISCONNECTED',
  chatSessionId: '<sessionId>',
  transcriptPosition: position,
  chatServiceMessage: 'Chat was finished',
});
const verbose = verboseTemplate('{id}');

/** A pushed message, before the reply to the connect that brought it. */
export const pushedTemplate = (message: Template): Template => ({
  channel: '/_genesys',
  data: { id: MESSAGE_ID, message, tag: 'service.chat.refresh.{id}' },
});

const agent = (type: string, words: string): Template => [type, 'Monique', words, '<seconds>', 'AGENT'];
const event = (id: string, position: string, what: Template): Template => [
  pushedTemplate(transcriptTemplate(position, [what])),
  connectReply(id),
];

/** The document has one end user for all; here each conversation has its own, who hears nothing of the others. */
const USER = { gms_user: '{user}' };
const JSON_TYPE = { 'Content-Type': 'application/json; charset=UTF-8' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8' };

const bayeux = (body: string, headers: Readonly<Record<string, string>> = {}): CometdRequest => ({
  path: '/genesys/cometd',
  headers: { ...JSON_TYPE, ...USER, ...headers },
  body,
});
const form = (path: string, body: string, headers: Readonly<Record<string, string>> = USER): CometdRequest => ({
  path,
  headers: { ...FORM_TYPE, ...headers },
  body,
});
const poll = (id: string): CometdRequest =>
  bayeux(`{"clientId":"{clientId}","id":"${id}","channel":"/meta/connect","connectionType":"long-polling"}`);

const walkThrough: readonly CometdExchange[] = [
  {
    name: 'handshake',
    lines: [299, 313],
    request: bayeux('{"version":"1.0","minimumVersion":"0.9","channel":"/meta/handshake","id":"0"}'),
    expected: handshakeReply('0'),
  },
  {
    name: 'connect',
    lines: [315, 329],
    request: bayeux('{"channel":"/meta/connect","clientId":"{clientId}","id":"1","connectionType":"long-polling"}'),
    expected: firstConnectReply,
  },
  {
    // The document shows the reply to a connect.
    name: 'subscribe',
    lines: [331, 344],
    request: bayeux('[{"channel":"/meta/subscribe","subscription":"/_genesys","clientId":"{clientId}","id":"2"}]'),
    expected: subscribeReply,
  },
  {
    // The advice is ours: without it the connect is held for most of a minute.
    name: 'polling while there is nothing',
    lines: [346, 358],
    request: bayeux(
      '{"clientId":"{clientId}","id":"4","channel":"/meta/connect","connectionType":"long-polling","advice":{"timeout":100}}',
    ),
    expected: [connectReply('4')],
  },
  {
    name: 'create service session',
    lines: [362, 375],
    request: form(CREATE, '_verbose=true'),
    expected: { _id: '<uuid>', '_chatIxnAPI-CREATE-URL': CHAT, _chatIxnAPI_CREATE_URL: CHAT },
  },
  {
    name: 'create chat interaction',
    lines: [377, 389],
    request: form(
      CHAT,
      '_verbose=true&notify_by=comet&firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com',
    ),
    expected: { ...connected, ...verbose },
  },
  {
    // The start of the chat was asked for with _verbose=true, and the document shows no verbose fields all the same.
    name: 'polling the start of the chat',
    lines: [393, 409],
    request: poll('32'),
    expected: [pushedTemplate({ ...transcriptTemplate('1', []), ...verbose }), connectReply('32')],
    documentedPosition: 1,
  },
  {
    name: "polling the agent's joining",
    lines: [411, 429],
    agent: 'joins',
    request: poll('33'),
    expected: event('33', '2', agent('Notice.Joined', 'has joined the session')),
    documentedPosition: 3,
  },
  {
    name: "polling the agent's typing",
    lines: [431, 448],
    agent: 'types',
    request: poll('34'),
    expected: event('34', '3', agent('Notice.TypingStarted', 'is typing')),
    documentedPosition: 4,
  },
  {
    name: "polling the agent's message",
    lines: [450, 466],
    agent: { says: 'hi' },
    request: poll('35'),
    expected: event('35', '4', agent('Message.Text', 'hi')),
    documentedPosition: 5,
  },
  {
    // Without gms_user, as the document has it.
    name: 'send client chat message, verbose',
    lines: [468, 479],
    request: form(`${CHAT}/refresh`, '_verbose=true&message=hello+agent', {}),
    expected: { ...transcriptTemplate('5', []), ...COMET_FIELDS, ...verbose },
  },
  {
    name: 'client message echoed, verbose as the request that caused it',
    lines: [481, 512],
    request: poll('36'),
    expected: [
      pushedTemplate({
        ...transcriptTemplate('5', [['Message.Text', 'BuzzB', 'hello agent', '<seconds>', 'CLIENT']]),
        ...verbose,
      }),
      connectReply('36'),
    ],
    documentedPosition: 6,
  },
  {
    name: 'disconnect chat session, verbose',
    lines: [514, 558],
    request: form(`${CHAT}/disconnect`, '_verbose=true', {}),
    expected: { ...disconnected('5'), ...verbose },
    documentedPosition: 6,
  },
];

/** The quick start leaves the end user out of the chat's requests, against its own note; he is added. */
const quickStart: readonly CometdExchange[] = [
  {
    name: 'handshake',
    lines: [572, 587],
    request: bayeux('{"version":"1.0","minimumVersion":"0.9","channel":"/meta/handshake","id":"0"}', {
      'Accept-Encoding': 'gzip,deflate',
    }),
    expected: handshakeReply('0'),
  },
  {
    name: 'connect',
    lines: [589, 604],
    request: bayeux('{"channel":"/meta/connect","clientId":"{clientId}","id":"1","connectionType":"long-polling"}'),
    expected: firstConnectReply,
  },
  {
    name: 'subscribe',
    lines: [606, 618],
    request: bayeux('[{"channel":"/meta/subscribe","subscription":"/_genesys","clientId":"{clientId}","id":"2"}]'),
    expected: subscribeReply,
  },
  {
    // The document's reply has the id 4.
    name: 'long polling',
    lines: [620, 633],
    request: bayeux(
      '{"clientId":"{clientId}","id":"3","channel":"/meta/connect","connectionType":"long-polling","advice":{"timeout":100}}',
    ),
    expected: [connectReply('3')],
  },
  {
    // The document creates an advanced service; what follows is the same once it is available.
    name: 'create a service',
    lines: [639, 655],
    request: form(CREATE, '_verbose=false'),
    expected: { _id: '<uuid>' },
  },
  {
    name: 'create the chat',
    lines: [753, 774],
    request: form(
      CHAT,
      'notify_by=comet&firstName=Vasya&lastName=Pupkin&email=Vasya.Pupkin@genesyslab.com&subject=test',
    ),
    expected: connected,
  },
  {
    name: 'refresh chat transcript',
    lines: [776, 792],
    request: form(`${CHAT}/refresh`, ''),
    expected: { ...transcriptTemplate('1', []), ...COMET_FIELDS },
  },
  {
    // The space stands unescaped in the document's body too.
    name: "send user's message",
    lines: [794, 812],
    request: form(`${CHAT}/refresh`, 'message=hello agent'),
    expected: { ...transcriptTemplate('2', []), ...COMET_FIELDS },
  },
  {
    name: 'disconnect user from chat',
    lines: [814, 835],
    request: form(`${CHAT}/disconnect`, ''),
    expected: disconnected('2'),
  },
];

/** The structures section shows a path with a query; its own note demands the header. */
const structures = (query: string, expected: Template, lines: CometdExchange['lines']): readonly CometdExchange[] => [
  {
    name: 'create',
    lines: [258, 263],
    request: { path: CREATE, headers: USER, body: '' },
    expected: { _id: '<uuid>' },
  },
  {
    name: 'create chat interaction',
    lines,
    request: { path: `${CHAT}?${query}`, headers: USER, body: '' },
    expected,
  },
];

const PERSON = 'notify_by=comet&firstName=Buzz&lastName=Brain&subject=French&email=b.b%40gmail.com';

export const COMETD_CONVERSATIONS: readonly CometdConversation[] = [
  { name: 'the walk-through', user: 'BuzzBrain', exchanges: walkThrough },
  { name: 'the quick start', user: 'VasyaPupkin', exchanges: quickStart },
  { name: 'the structures', user: 'Structures', exchanges: structures(PERSON, connected, [64, 73]) },
  {
    name: 'the structures, verbose',
    user: 'StructuresVerbose',
    exchanges: structures(`_verbose=true&${PERSON}`, { ...connected, ...verbose }, [75, 110]),
  },
];
