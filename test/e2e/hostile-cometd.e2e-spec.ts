import { gzipSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import { chatPath } from '../conformance/customer.js';
import {
  askBayeux,
  type BayeuxReply,
  CometdSession,
  heldConnects,
  textsPushed,
  untilHeld,
} from '../conformance/cometd-session.js';
import { startCometChat, useCometdStack } from '../conformance/cometd-stack.js';
import { CometdSocket, upgradeStatus } from '../conformance/cometd-websocket.js';
import { useBystander } from '../hostile/bystander.js';
import { expectPromptly } from '../hostile/promptly.js';
import { HttpClient, type RawOptions, sendRaw, waitFor } from '../support/http.js';

/**
 * Bad input to the CometD endpoint and its neighbours over real sockets: never a 500, nothing of the inside in the answer,
 * and a good request right after is answered at once.
 */
const { client: clientOf, gateway, newUser } = useCometdStack({ workers: 0, env: { SERVICES_PER_10S: '1000000' } });
const client = clientOf(0);
const bystander = useBystander(client, () => gateway(0).logs());

beforeEach(async () => {
  await bystander.newLines();
});

const MALFORMED = 400;
const FORBIDDEN = 403;
const UNKNOWN = 404;
const METHOD = 405;
const TOO_LARGE = 413;
const URI_LONG = 414;
const MEDIA_TYPE = 415;
const EXPECTATION = 417;
const UPGRADE = 426;
const HEADERS_LARGE = 431;
const NOT_IMPLEMENTED = 501;
/** 200, and each message of the answer is a failure. */
const FAILURES = 'failures';
/** 200, for what only looks odd. */
const FINE = 'fine';
/** The connection closes without an answer. */
const NOTHING = 0;

type Allowed = number | typeof FAILURES | typeof FINE;

/** The sender of an attack: somebody with a Bayeux client of his own. */
interface Sender {
  readonly user: string;
  readonly clientId: string;
}

interface Attack {
  readonly name: string;
  readonly bytes: (sender: Sender) => Buffer;
  readonly allowed: readonly Allowed[];
  readonly options?: RawOptions;
}

const request = (line: string, headers: Readonly<Record<string, string>>, body: string | Buffer = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${line}\r\nHost: parley\r\nConnection: close\r\n${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
      'latin1',
    ),
    Buffer.from(body),
  ]);

const JSON_TYPE = 'application/json';

/** A well-framed POST of any body; `{clientId}` in it stands for the sender's. */
const post =
  (body: string | Buffer, type: string | undefined = JSON_TYPE, headers: Readonly<Record<string, string>> = {}) =>
  ({ user, clientId }: Sender): Buffer => {
    const bytes = typeof body === 'string' ? Buffer.from(body.replaceAll('{clientId}', clientId)) : body;
    return request(
      'POST /genesys/cometd HTTP/1.1',
      {
        gms_user: user,
        ...(type === '' ? {} : { 'Content-Type': type }),
        'Content-Length': String(bytes.length),
        ...headers,
      },
      bytes,
    );
  };

const sent = (method: string, path: string, headers: Readonly<Record<string, string>> = {}) => {
  return ({ user }: Sender): Buffer => request(`${method} ${path} HTTP/1.1`, { gms_user: user, ...headers });
};
const get = (path: string): ((sender: Sender) => Buffer) => sent('GET', path);

const HANDSHAKE = '{"channel":"/meta/handshake","version":"1.0"}';
const connect = (more: string): string =>
  `{"channel":"/meta/connect","clientId":"{clientId}","connectionType":"long-polling","advice":{"timeout":0}${more}}`;
/** A connect with another advice. */
const advised = (advice: string): string => `{"channel":"/meta/connect","clientId":"{clientId}","advice":${advice}}`;
const deep = (open: string, close: string, depth: number, core = ''): string =>
  open.repeat(depth) + core + close.repeat(depth);

const shapes: readonly Attack[] = [
  ...['null', '7', '-1', '"x"', 'true', '', '  \n ', '[null]', '[7]', '["x"]', '[[]]', '[true]', '{}', '[{}]'].map(
    (body): Attack => ({ name: `the body ${JSON.stringify(body)}`, bytes: post(body), allowed: [MALFORMED] }),
  ),
  { name: 'no messages', bytes: post('[]'), allowed: [MALFORMED] },
  ...['{', '[', '{"channel":', 'NaN', 'undefined', '{"channel":"/meta/handshake",}', "{'channel':'/x'}", '[1,]'].map(
    (body): Attack => ({ name: `what is no JSON: ${body}`, bytes: post(body), allowed: [MALFORMED] }),
  ),
  { name: 'two objects', bytes: post(`${HANDSHAKE}${HANDSHAKE}`), allowed: [MALFORMED] },
  { name: 'an object and null', bytes: post(`[${HANDSHAKE},null]`), allowed: [MALFORMED] },
  { name: 'arrays 100,000 deep', bytes: post(deep('[', ']', 100_000)), allowed: [MALFORMED, TOO_LARGE] },
  { name: 'arrays 30,000 deep', bytes: post(deep('[', ']', 30_000)), allowed: [MALFORMED] },
  { name: 'arrays that never end', bytes: post('['.repeat(60_000)), allowed: [MALFORMED] },
  { name: 'objects 10,000 deep', bytes: post(deep('{"a":', '}', 10_000, '1')), allowed: [MALFORMED] },
  {
    name: 'an ext 5,000 deep',
    bytes: post(`{"channel":"/meta/handshake","ext":${deep('{"a":', '}', 5_000, '1')}}`),
    allowed: [MALFORMED],
  },
  {
    name: 'data 33 deep',
    bytes: post(`{"channel":"/x","clientId":"{clientId}","data":${deep('[', ']', 33)}}`),
    allowed: [MALFORMED],
  },
  {
    name: 'brackets in a string',
    bytes: post(`{"channel":"/x","clientId":"{clientId}","data":"${'[{'.repeat(10_000)}"}`),
    allowed: [FAILURES],
  },
  {
    name: 'names of the prototype',
    bytes: post('{"__proto__":{"channel":"/meta/handshake"},"constructor":1,"channel":"/meta/x"}'),
    allowed: [FAILURES],
  },
];

const values: readonly Attack[] = [
  { name: 'a channel of 100 kB', bytes: post(`{"channel":"/${'x'.repeat(100_000)}"}`), allowed: [TOO_LARGE] },
  { name: 'a channel of 60 kB', bytes: post(`{"channel":"/${'x'.repeat(60_000)}"}`), allowed: [MALFORMED] },
  ...['7', 'null', '{}', '[]', 'true', '["/meta/handshake"]'].map((value): Attack => ({
    name: `the channel ${value}`,
    bytes: post(`{"channel":${value}}`),
    allowed: [MALFORMED],
  })),
  ...['', '/', '//', 'meta/handshake', '/meta', '/meta/', '/meta/__proto__', '__proto__', 'constructor', '/meta/*'].map(
    (channel): Attack => ({
      name: `the channel ${JSON.stringify(channel)}`,
      bytes: post(JSON.stringify({ channel, clientId: '{clientId}' })),
      allowed: [FAILURES, MALFORMED],
    }),
  ),
  ...['\u0000', '/a\nb', '/\u202e', '/\ud800'].map((channel): Attack => ({
    name: `the channel ${JSON.stringify(channel)}, of odd characters`,
    bytes: post(JSON.stringify({ channel, clientId: '{clientId}' })),
    allowed: [FAILURES, MALFORMED],
  })),
  ...['7', '{}', '[]', 'true', `"${'x'.repeat(60_000)}"`].map((value): Attack => ({
    name: `the clientId ${value.slice(0, 20)}`,
    bytes: post(`{"channel":"/meta/connect","clientId":${value}}`),
    allowed: [MALFORMED],
  })),
  ...['{}', '[]', 'true', '1e999', `"${'x'.repeat(60_000)}"`].map((value): Attack => ({
    name: `the id ${value.slice(0, 20)}`,
    bytes: post(`{"channel":"/meta/x","id":${value}}`),
    allowed: [MALFORMED],
  })),
  ...['1e300', '-2', '1.5', '1e999', 'NaN', '9007199254740993'].map((ack): Attack => ({
    name: `ack ${ack}`,
    bytes: post(connect(`,"ext":{"ack":${ack}}`)),
    allowed: [MALFORMED],
  })),
  ...['-1', '"x"', 'null', '{}', '[1]', 'true', '999999'].map((ack): Attack => ({
    name: `ack ${ack}`,
    bytes: post(connect(`,"ext":{"ack":${ack}}`)),
    allowed: [MALFORMED, FAILURES, FINE],
  })),
  ...['"x"', '7', '[]', 'true'].flatMap((value): readonly Attack[] => [
    { name: `ext ${value}`, bytes: post(connect(`,"ext":${value}`)), allowed: [MALFORMED] },
    { name: `advice ${value}`, bytes: post(advised(value)), allowed: [MALFORMED] },
  ]),
  ...['1e300', '-1', '"x"', 'null', '1e999'].map((timeout): Attack => ({
    name: `a timeout of ${timeout}, twice, since the second could be held for ever`,
    bytes: post(`[${advised(`{"timeout":${timeout}}`)},${advised(`{"timeout":${timeout}}`)}]`),
    allowed: [MALFORMED, FAILURES, FINE],
  })),
  ...['7', '{}', '[7]', '[[]]', '[null]', `"/${'x'.repeat(60_000)}"`, `["/a"${',"/a"'.repeat(10_000)}]`].map(
    (value): Attack => ({
      name: `the subscription ${value.slice(0, 20)}`,
      bytes: post(`{"channel":"/meta/subscribe","clientId":"{clientId}","subscription":${value}}`),
      allowed: [MALFORMED],
    }),
  ),
  ...['7', '"long-polling"', '[7]', '[null]', '{}', `["a"${',"a"'.repeat(10_000)}]`].map((value): Attack => ({
    name: `the connection types ${value.slice(0, 20)}`,
    bytes: post(`{"channel":"/meta/handshake","supportedConnectionTypes":${value}}`),
    allowed: [MALFORMED],
  })),
  ...['7', '{}', '[]'].map((value): Attack => ({
    name: `the connection type ${value}`,
    bytes: post(`{"channel":"/meta/connect","clientId":"{clientId}","connectionType":${value}}`),
    allowed: [MALFORMED],
  })),
  {
    name: 'a connection type that there is not',
    bytes: post('{"channel":"/meta/connect","clientId":"{clientId}","connectionType":"iframe"}'),
    allowed: [FAILURES],
  },
];

const batches: readonly Attack[] = [
  { name: '10,000 messages', bytes: post(`[${'{"channel":"/x"},'.repeat(9_999)}{}]`), allowed: [TOO_LARGE] },
  { name: '10,000 handshakes', bytes: post(`[${`${HANDSHAKE},`.repeat(9_999)}${HANDSHAKE}]`), allowed: [TOO_LARGE] },
  { name: '3,000 messages in 64 kB', bytes: post(`[${'{"channel":"/x"},'.repeat(2_999)}{}]`), allowed: [TOO_LARGE] },
  { name: '20,000 numbers', bytes: post(`[${'1,'.repeat(19_999)}1]`), allowed: [TOO_LARGE] },
  { name: '60,000 commas', bytes: post(`[${','.repeat(60_000)}]`), allowed: [TOO_LARGE, MALFORMED] },
  {
    name: '65 messages',
    bytes: post(`[${Array.from({ length: 65 }, () => HANDSHAKE).join(',')}]`),
    allowed: [TOO_LARGE],
  },
  {
    name: '64 connects of one client',
    bytes: post(`[${Array.from({ length: 64 }, () => connect('')).join(',')}]`),
    allowed: [FINE],
  },
  {
    name: '64 disconnects',
    bytes: post(
      `[${Array.from({ length: 64 }, () => '{"channel":"/meta/disconnect","clientId":"nobody"}').join(',')}]`,
    ),
    allowed: [FAILURES],
  },
  { name: 'a body of 66 kB', bytes: post(`{"channel":"/x","data":"${'x'.repeat(66_000)}"}`), allowed: [TOO_LARGE] },
  { name: 'a body of 2 MB', bytes: post('x'.repeat(2_000_000)), allowed: [TOO_LARGE] },
  {
    name: 'a length of 99 GB',
    bytes: ({ user }) =>
      request('POST /genesys/cometd HTTP/1.1', {
        gms_user: user,
        'Content-Type': JSON_TYPE,
        'Content-Length': '99999999999',
      }),
    allowed: [TOO_LARGE],
  },
  {
    name: 'chunks of 70 kB',
    bytes: ({ user }) =>
      request(
        'POST /genesys/cometd HTTP/1.1',
        { gms_user: user, 'Content-Type': JSON_TYPE, 'Transfer-Encoding': 'chunked' },
        `${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(18)}0\r\n\r\n`,
      ),
    allowed: [TOO_LARGE],
  },
  {
    name: 'half a body',
    bytes: ({ user }) =>
      request(
        'POST /genesys/cometd HTTP/1.1',
        { gms_user: user, 'Content-Type': JSON_TYPE, 'Content-Length': '900' },
        `[${HANDSHAKE}`,
      ),
    allowed: [MALFORMED, NOTHING],
    options: { halfClose: true },
  },
];

const FORM = 'application/x-www-form-urlencoded';

const types: readonly Attack[] = [
  ...[
    'text/xml',
    'application/xml',
    'application/octet-stream',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=latin1',
    'application/jsonp',
    `a/${'b'.repeat(7_000)}`,
  ].map((type): Attack => ({ name: type.slice(0, 40), bytes: post(HANDSHAKE, type), allowed: [MEDIA_TYPE] })),
  { name: 'nothing but marks', bytes: post(HANDSHAKE, ';;;=,,,'), allowed: [MEDIA_TYPE, FINE] },
  { name: 'a form without a message', bytes: post('a=b', FORM), allowed: [MALFORMED] },
  { name: 'a form whose message is no JSON', bytes: post('message=x', FORM), allowed: [MALFORMED] },
  { name: 'a form with a bad percent', bytes: post('message=%zz', FORM), allowed: [MALFORMED] },
  { name: 'a form of 5,000 messages', bytes: post('message=1&'.repeat(5_000), FORM), allowed: [TOO_LARGE, MALFORMED] },
  {
    name: 'broken UTF-8',
    bytes: post(Buffer.from('7b226368616e6e656c223a222ffffe227d', 'hex')),
    allowed: [MALFORMED],
  },
  {
    name: 'overlong UTF-8',
    bytes: post(Buffer.from('7b226368616e6e656c223a22c0af227d', 'hex')),
    allowed: [MALFORMED],
  },
  { name: 'UTF-16', bytes: post(Buffer.from(HANDSHAKE, 'utf16le')), allowed: [MALFORMED] },
  {
    name: 'gzip',
    bytes: post(gzipSync(HANDSHAKE), JSON_TYPE, { 'Content-Encoding': 'gzip' }),
    allowed: [MALFORMED, MEDIA_TYPE],
  },
  {
    name: 'gzip of 10 MB',
    bytes: post(gzipSync('['.repeat(10_000_000)), JSON_TYPE, { 'Content-Encoding': 'gzip' }),
    allowed: [MALFORMED, MEDIA_TYPE, TOO_LARGE],
  },
  {
    name: 'an expectation that nobody knows',
    bytes: post(HANDSHAKE, JSON_TYPE, { Expect: 'the unexpected' }),
    allowed: [EXPECTATION, MALFORMED],
  },
];

const users: readonly Attack[] = [
  { name: 'a name of 5 kB', bytes: post(HANDSHAKE, JSON_TYPE, { gms_user: 'x'.repeat(5_000) }), allowed: [FAILURES] },
  { name: 'an empty name', bytes: post(HANDSHAKE, JSON_TYPE, { gms_user: '' }), allowed: [FAILURES] },
  ...['{a}', '*', 'a:b', '../..', '__proto__', '\xff\xfe', "'; DROP TABLE users", '$(id)', '\u0001'].map(
    (name): Attack => ({
      name: `the name ${JSON.stringify(name)}`,
      bytes: post(HANDSHAKE, JSON_TYPE, { gms_user: name }),
      allowed: [FINE, FAILURES, MALFORMED],
    }),
  ),
];

const script = (name: string, message = HANDSHAKE): string =>
  `/genesys/cometd?jsonp=${name}&message=${encodeURIComponent(message)}`;

const scripts: readonly Attack[] = [
  { name: 'GET without anything', bytes: get('/genesys/cometd'), allowed: [MALFORMED] },
  { name: 'GET with an empty query', bytes: get('/genesys/cometd?'), allowed: [MALFORMED] },
  { name: 'a function without a message', bytes: get('/genesys/cometd?jsonp=cb'), allowed: [MALFORMED] },
  {
    name: 'a message without a function',
    bytes: get(`/genesys/cometd?message=${encodeURIComponent(HANDSHAKE)}`),
    allowed: [MALFORMED],
  },
  ...[
    '',
    'alert(1)//',
    '<script>',
    '</script><script>alert(1)',
    'a;b',
    'a[0]',
    "constructor.constructor('x')()",
    'a\nb',
    'a\u2028',
    'ä',
    'ｃｂ',
    '1a',
    '.a',
    '*/alert(1)/*',
    'a'.repeat(5_000),
  ].map((name): Attack => ({
    name: `the function ${JSON.stringify(name).slice(0, 40)}`,
    bytes: get(script(encodeURIComponent(name))),
    allowed: [MALFORMED, URI_LONG, TOO_LARGE],
  })),
  { name: 'two functions', bytes: get(`${script('a')}&jsonp=b`), allowed: [MALFORMED] },
  { name: 'a bad percent', bytes: get('/genesys/cometd?jsonp=cb&message=%zz'), allowed: [MALFORMED] },
  ...['null', '[]', '7', '{', deep('[', ']', 1_000)].map((message): Attack => ({
    name: `the message ${message.slice(0, 20)}`,
    bytes: get(script('cb', message)),
    allowed: [MALFORMED],
  })),
  {
    name: 'a query of 100 kB',
    bytes: get(`/genesys/cometd?jsonp=cb&message=${'x'.repeat(100_000)}`),
    allowed: [HEADERS_LARGE, URI_LONG, TOO_LARGE],
  },
];

const paths: readonly Attack[] = [
  ...['//', '///', '//genesys', '/genesys/', '/genesys/cometdx', '/genesys/cometd/a/b', '/genesys/cometd.json'].map(
    (path): Attack => ({ name: `GET ${path}`, bytes: get(path), allowed: [UNKNOWN] }),
  ),
  ...['//genesys//cometd', '/genesys/cometd//', '/genesys//cometd/handshake/'].map((path): Attack => ({
    name: `GET ${path}`,
    bytes: get(path),
    allowed: [MALFORMED],
  })),
  ...[
    `/genesys/cometd/${'a'.repeat(33)}`,
    '/genesys/cometd/../../etc/passwd',
    '/genesys/cometd/%2e%2e/1/service',
    '/genesys/cometd%00',
    '/genesys%2fcometd',
    '/genesys/cometd;jsessionid=1',
    '/GENESYS/COMETD',
    '/genesys/1/cometd',
    '/cometd',
    '/genesys/cometd\\handshake',
  ].map((path): Attack => ({ name: `GET ${path.slice(0, 50)}`, bytes: get(path), allowed: [UNKNOWN, MALFORMED] })),
  // The bare address leads to the page of customers.
  { name: 'GET /', bytes: get('/'), allowed: [302] },
  { name: 'an absolute URL', bytes: get('http://evil.example/genesys/cometd'), allowed: [UNKNOWN, MALFORMED] },
  { name: 'a URL that is no path', bytes: get('genesys/cometd'), allowed: [MALFORMED] },
  { name: 'GET *', bytes: get('*'), allowed: [UNKNOWN, MALFORMED] },
  ...['PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE', 'PROPFIND'].map((method): Attack => ({
    name: `${method} /genesys/cometd`,
    bytes: sent(method, '/genesys/cometd', { 'Content-Length': '0' }),
    allowed: [METHOD, MALFORMED, NOT_IMPLEMENTED],
  })),
  {
    name: 'CONNECT',
    bytes: sent('CONNECT', 'evil.example:443'),
    allowed: [METHOD, UNKNOWN, MALFORMED, NOTHING],
  },
  { name: 'a method that there is not', bytes: sent('FOO', '/genesys/cometd'), allowed: [MALFORMED] },
];

const upgrade = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') => {
  return ({ user }: Sender): Buffer =>
    Buffer.from(
      `${method} ${path} HTTP/1.1\r\n${Object.entries({
        Host: 'parley',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        gms_user: user,
        ...headers,
      })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    );
};

const upgrades: readonly Attack[] = [
  ...['//', '/', '/genesys/1/service/request-chat', '/genesys/cometd/../x', '/metrics', '/genesys/cometd/a/b', '*'].map(
    (path): Attack => ({ name: `of ${path}`, bytes: upgrade(path), allowed: [UNKNOWN, MALFORMED] }),
  ),
  ...['https://evil.example', 'null', 'http://localhost.evil.example', 'file://', 'http://parley.evil.example'].map(
    (origin): Attack => ({
      name: `of a page of ${origin}`,
      bytes: upgrade('/genesys/cometd', { Origin: origin }),
      allowed: [FORBIDDEN],
    }),
  ),
  { name: 'without a key', bytes: upgrade('/genesys/cometd', { 'Sec-WebSocket-Key': '' }), allowed: [MALFORMED] },
  { name: 'with a bad key', bytes: upgrade('/genesys/cometd', { 'Sec-WebSocket-Key': 'x' }), allowed: [MALFORMED] },
  {
    name: 'of a version that there is not',
    bytes: upgrade('/genesys/cometd', { 'Sec-WebSocket-Version': '99' }),
    allowed: [MALFORMED, UPGRADE],
  },
  {
    name: 'by POST',
    bytes: upgrade('/genesys/cometd', { 'Content-Length': '0' }, 'POST'),
    allowed: [METHOD, MALFORMED],
  },
  {
    name: 'to HTTP/2, which is passed over',
    bytes: upgrade('/genesys/cometd', {
      Connection: 'Upgrade, HTTP2-Settings',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABkAAQAAP__',
    }),
    allowed: [MALFORMED],
  },
  {
    name: 'to something else, on a path that there is not',
    bytes: upgrade('//', { Upgrade: 'TLS/1.0' }),
    allowed: [UNKNOWN],
  },
];

const GROUPS: readonly (readonly [string, readonly Attack[]])[] = [
  ['the shape of a body', shapes],
  ['a value', values],
  ['amounts', batches],
  ['a content type or encoding', types],
  ['a user', users],
  ['JSON-P', scripts],
  ['a path or method', paths],
  ['an upgrade', upgrades],
];

/** Stack traces, paths of the machine, names of the parts inside. */
const INSIDE =
  /\n\s+at |node_modules|\/dist\/|\.[jt]s:\d+|node:internal|TypeError|RangeError|ReplyError|ioredis|redis:\/\/|\/(?:home|root|work|usr|tmp)\//i;

/** Everything that must not be found in logs. */
const secrets: string[] = ['a text that is nobody’s business'];

const newSender = async (): Promise<Sender> => {
  const user = newUser();
  const { clientId } = await CometdSession.connected(client, user, false);
  secrets.push(user, clientId);
  return { user, clientId };
};

const expectGoodReply = (): Promise<void> =>
  expectPromptly(async () => {
    const [reply] = await askBayeux(client, { channel: '/meta/handshake', version: '1.0' }, { user: newUser() });
    expect(reply).toMatchObject({ successful: true });
  });

/** What a 200 says: whether all of its messages are failures. */
const outcomeOf = (text: string): typeof FAILURES | typeof FINE => {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  const replies = JSON.parse(body) as readonly BayeuxReply[];
  for (const { successful, error } of replies) if (successful !== true) expect(error).toMatch(/^[1-5]\d\d:/);
  return replies.every(({ successful }) => successful === false) ? FAILURES : FINE;
};

describe.each(GROUPS)('hostile input to the CometD endpoint: %s', (_group, attacks) => {
  it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const sender = await newSender();
    const { statuses, text } = await sendRaw(gateway(0).url, attack.bytes(sender), attack.options);
    const [status = NOTHING] = statuses;
    const outcome = status === 200 ? outcomeOf(text) : status;
    const isAllowed = attack.allowed.includes(outcome);
    expect({ outcome, isAllowed, text: isAllowed ? '' : text }).toEqual({ outcome, isAllowed: true, text: '' });
    expect(statuses.length).toBeLessThanOrEqual(1);
    expect(text).not.toMatch(INSIDE);
    // What was sent does not come back for a browser to run.
    expect(text).not.toMatch(/<script>|alert\(1\)|evil\.example/i);
    await expectGoodReply();
    await bystander.expectUnhurt();
    await bystander.expectQuietLog([sender.user, sender.clientId]);
  });
});

describe('hostile frames on a websocket', () => {
  const UNSUPPORTED_DATA = 1003;
  const INVALID_DATA = 1007;
  const POLICY = 1008;
  const TOO_BIG = 1009;
  /** The connection went before a code came. */
  const CUT_OFF = 1006;

  type Frames = readonly [name: string, send: (socket: WebSocket) => void, codes: readonly number[]];

  const text =
    (data: string | Buffer): Frames[1] =>
    (socket) => {
      socket.send(data, { binary: false });
    };
  const binary: Frames[1] = (socket) => {
    socket.send(Buffer.from(HANDSHAKE));
  };
  const fragments: Frames[1] = (socket) => {
    for (let part = 0; part < 7; part += 1) socket.send('x'.repeat(10_000), { fin: false });
  };
  const frames: readonly Frames[] = [
    ['a binary frame', binary, [UNSUPPORTED_DATA]],
    ['a frame of 70 kB', text('x'.repeat(70_000)), [TOO_BIG]],
    ['a frame of 5 MB', text('x'.repeat(5_000_000)), [TOO_BIG, CUT_OFF]],
    ['70 kB in fragments', fragments, [TOO_BIG]],
    ['broken UTF-8', text(Buffer.from('22fffe22', 'hex')), [INVALID_DATA]],
    ['nothing', text(''), [POLICY]],
    ['no JSON', text('{'), [POLICY]],
    ['null', text('null'), [POLICY]],
    ['a number', text('7'), [POLICY]],
    ['arrays 30,000 deep', text(deep('[', ']', 30_000)), [POLICY]],
    ['65 messages', text(`[${`${HANDSHAKE},`.repeat(64)}${HANDSHAKE}]`), [POLICY]],
    ['ack 1e300', text('{"channel":"/meta/connect","ext":{"ack":1e300}}'), [POLICY]],
  ];

  it.each(frames)('%s closes it, and nothing else', async (_name, send, codes) => {
    const { user } = await newSender();
    const [socket, other] = [
      await CometdSocket.open(gateway(0).url, { user }),
      await CometdSocket.open(gateway(0).url, { user }),
    ];
    socket.socket.on('error', () => undefined);
    send(socket.socket);
    expect(codes).toContain(await socket.closed);
    expect(await other.ask({ channel: '/meta/handshake', version: '1.0' })).toMatchObject([{ successful: true }]);
    other.close();
    await expectGoodReply();
  });

  it('an empty array is answered with one', async () => {
    const socket = await CometdSocket.open(gateway(0).url, { user: newUser() });
    expect(await socket.ask([])).toEqual([]);
    socket.close();
  });

  it('a hundred connects at once do not stay', async () => {
    const { user, clientId } = await newSender();
    const socket = await CometdSocket.open(gateway(0).url, { user });
    for (let count = 0; count < 100; count += 1) {
      socket.send({ channel: '/meta/connect', clientId, connectionType: 'websocket', id: count });
    }
    await expectGoodReply();
    await waitFor('all but the newest to be answered', async () => (await heldConnects(gateway(0))) <= 4);
    socket.close();
    await untilHeld(gateway(0), 0);
  });

  it('a thousand frames of unknown clients are each answered, or the socket is closed', async () => {
    const socket = await CometdSocket.open(gateway(0).url, { user: newUser() });
    for (let count = 0; count < 1_000; count += 1) {
      socket.send({ channel: '/meta/subscribe', clientId: 'x', id: count });
    }
    await expectGoodReply();
    const last = await Promise.race([socket.closed, lastOf(socket, 1_000)]);
    expect([1008, 999]).toContain(last);
    socket.close();
    await expectGoodReply();
  });

  const lastOf = async (socket: CometdSocket, count: number): Promise<number> => {
    let id = -1;
    for (let frames = 0; frames < count; frames += 1) id = Number((await socket.next())[0]?.id);
    return id;
  };

  it.each(['http://localhost:3000', 'http://127.0.0.1', undefined])('of a page of %s are none', async (origin) => {
    const headers = origin === undefined ? {} : { Origin: origin };
    expect(await upgradeStatus(gateway(0).url, { user: newUser(), headers })).toBe(101);
  });
});

describe('many bad requests', () => {
  it('leave the server alive and ready, and nothing held', async () => {
    const health = new HttpClient(gateway(0).internalUrl);
    expect((await health.get('/readyz')).status).toBe(200);
    health.close();
    expect(await heldConnects(gateway(0))).toBe(0);
    expect(gateway(0).logs()).not.toMatch(/"level":(?:50|60|"error"|"fatal")|unhandled|uncaught/i);
  });

  it('and good ones leave no user, client id, service id or text in the log', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client, user);
    const chat = await startCometChat(client, user);
    const [text = ''] = secrets;
    await client.post(chatPath(chat.id, 'send'), { form: { message: text } });
    expect(textsPushed(await session.untilEvents(1))).toEqual([text]);
    const logs = gateway(0).logs();
    for (const secret of [...secrets, user, session.clientId]) expect(logs).not.toContain(secret);
  });
});
