import { type Chat, chatPath, readFrom, SERVICE, startChat, textsOf } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { HttpClient, type RawOptions, sendRaw } from '../support/http.js';

/**
 * Bad input over real sockets: never a 500, nothing of the inside in the answer, nothing stored by halves, and a good
 * request right after is answered at once.
 */
const { client, stack } = useStack({ env: { DEMO_AGENT: '0' } });

/** A good request after a bad one is answered within this time, in milliseconds. */
const GOOD_REPLY_LIMIT_MS = 500;

interface Attack {
  readonly name: string;
  /** `{id}` stands for the id of a service with a chat; a string goes out byte for byte (latin1). */
  readonly bytes: string | Buffer | ((chat: Chat) => string | Buffer);
  /** Statuses allowed for the first answer; 0: the connection may close without one. */
  readonly allowed: readonly number[];
  /** What a 200 must have stored; otherwise nothing may be there. */
  readonly text?: string;
  /** Answers allowed on the connection. @defaultValue 1 */
  readonly answers?: number;
  readonly options?: RawOptions;
  /** May not appear in the answer. */
  readonly forbids?: RegExp;
}

const FORM = 'application/x-www-form-urlencoded';
const OK = 200;
const MALFORMED = 400;
const UNKNOWN = 404;
const METHOD = 405;
const TOO_LARGE = 413;
const URI_LONG = 414;
const VALUE = 415;
const HEADERS_LARGE = 431;
const NOT_IMPLEMENTED = 501;
const VERSION = 505;

const head = (line: string, headers: Readonly<Record<string, string>>): string =>
  `${line}\r\nHost: parley\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A well-framed request with any body. */
const request = (
  line: string,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
): ((chat: Chat) => Buffer) => {
  const bytes = Buffer.from(body);
  return ({ id }) =>
    Buffer.concat([
      Buffer.from(
        head(`${line.replaceAll('{id}', id)} HTTP/1.1`, {
          'Content-Length': String(bytes.length),
          Connection: 'close',
          ...headers,
        }),
        'latin1',
      ),
      bytes,
    ]);
};

const REFRESH = 'POST /genesys/1/service/{id}/ixn/chat/refresh';
const SEND = 'POST /genesys/1/service/{id}/ixn/chat/send';

const send = (body: string | Buffer, type = FORM) => request(SEND, body, { 'Content-Type': type });
const sendJson = (body: string | Buffer) => send(body, 'application/json');
const positioned = (position: string) =>
  request(REFRESH, `transcriptPosition=${encodeURIComponent(position)}`, { 'Content-Type': FORM });

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const contentTypes: readonly Attack[] = [
  { name: 'a body without a type', bytes: request(SEND, 'message=x'), allowed: [VALUE] },
  { name: 'XML', bytes: send('<?xml version="1.0"?><message>x</message>', 'text/xml'), allowed: [VALUE] },
  {
    name: 'XML with an external entity',
    bytes: send('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><message>&b;</message>', 'application/xml'),
    allowed: [VALUE],
    forbids: /root:/,
  },
  {
    name: 'JSON in UTF-16',
    bytes: send(utf16('{"message":"x"}'), 'application/json; charset=utf-16'),
    allowed: [MALFORMED, VALUE],
  },
  { name: 'a form in UTF-16', bytes: send(utf16('message=x'), `${FORM}; charset=utf-16`), allowed: [MALFORMED, VALUE] },
  { name: 'multipart without a boundary', bytes: send('--x--\r\n', 'multipart/form-data'), allowed: [MALFORMED] },
  {
    name: 'multipart with an empty boundary',
    bytes: send('----\r\n', 'multipart/form-data; boundary='),
    allowed: [MALFORMED],
  },
  {
    name: 'multipart with a boundary that never comes',
    bytes: send('message=x', 'multipart/form-data; boundary=never'),
    allowed: [MALFORMED, VALUE],
  },
  {
    name: 'multipart with a boundary of 4 kB',
    bytes: send('x', `multipart/form-data; boundary=${'b'.repeat(4096)}`),
    allowed: [MALFORMED, VALUE],
  },
  {
    name: 'multipart of 1,000 parts',
    bytes: send(
      `${'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(1000)}--x--\r\n`,
      'multipart/form-data; boundary=x',
    ),
    allowed: [TOO_LARGE, VALUE],
  },
  {
    name: 'multipart with a part that has no name',
    bytes: send('--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n', 'multipart/form-data; boundary=x'),
    allowed: [MALFORMED, VALUE],
  },
  { name: 'a type of nothing but marks', bytes: send('message=x', ';;;=,,,'), allowed: [VALUE] },
  { name: 'a type of 7 kB', bytes: send('message=x', `a/${'b'.repeat(7000)}`), allowed: [VALUE] },
  {
    name: 'two types',
    bytes: send('message=x', `${FORM}, application/json`),
    allowed: [VALUE, MALFORMED, OK],
    text: 'x',
  },
];

const manyFields = Array.from({ length: 5000 }, (_, index) => `k${index}=v`).join('&');

const forms: readonly Attack[] = [
  { name: 'a field twice', bytes: send('message=x&message=x'), allowed: [OK, MALFORMED, VALUE], text: 'x' },
  { name: 'an array', bytes: send('message[]=x&message[]=y'), allowed: [VALUE] },
  { name: 'a nested field', bytes: send('message[a][b]=x'), allowed: [VALUE] },
  {
    name: '__proto__ as a field',
    bytes: send('__proto__=a&constructor=b&toString=c&message=x'),
    allowed: [OK],
    text: 'x',
  },
  { name: '__proto__ as a nested field', bytes: send('__proto__[message]=x'), allowed: [VALUE] },
  { name: '5,000 fields', bytes: send(`${manyFields}&message=x`), allowed: [TOO_LARGE] },
  {
    name: '5,000 fields in the query',
    bytes: request(`${SEND}?${manyFields.slice(0, 8000)}&message=x`),
    allowed: [TOO_LARGE, URI_LONG, HEADERS_LARGE],
  },
  { name: '2 MB', bytes: send(`message=${'x'.repeat(2 * 1024 * 1024)}`), allowed: [TOO_LARGE] },
  {
    name: 'a message of 4,096 characters',
    bytes: send(`message=${'x'.repeat(4096)}`),
    allowed: [OK],
    text: 'x'.repeat(4096),
  },
  { name: 'a message of 4,097 characters', bytes: send(`message=${'x'.repeat(4097)}`), allowed: [TOO_LARGE] },
  { name: 'a bad escape', bytes: send('message=%zz'), allowed: [OK, MALFORMED, VALUE], text: '%zz' },
  { name: 'an escape cut short', bytes: send('message=100%'), allowed: [OK, MALFORMED, VALUE], text: '100%' },
  { name: 'overlong UTF-8', bytes: send('message=%c0%af'), allowed: [MALFORMED, VALUE] },
  { name: 'half a UTF-8 character', bytes: send('message=%e2%82'), allowed: [MALFORMED, VALUE] },
  { name: 'a surrogate in UTF-8', bytes: send('message=%ed%a0%80'), allowed: [MALFORMED, VALUE] },
  {
    name: 'raw bytes that are no UTF-8',
    bytes: send(Buffer.from('message=\xff\xfe', 'latin1')),
    allowed: [MALFORMED, VALUE],
  },
  { name: 'NUL', bytes: send('message=a%00b'), allowed: [MALFORMED, VALUE] },
  { name: 'control characters', bytes: send('message=a%01%1b%5b31mb'), allowed: [MALFORMED, VALUE] },
  { name: 'a line break', bytes: send('message=a%0d%0ab'), allowed: [OK, MALFORMED, VALUE], text: 'a\r\nb' },
  { name: 'emoji', bytes: send(`message=${encodeURIComponent('👩‍👩‍👧 🏳️‍🌈')}`), allowed: [OK], text: '👩‍👩‍👧 🏳️‍🌈' },
  {
    name: 'right-to-left marks',
    bytes: send(`message=${encodeURIComponent('\u202eabc\u202c שלום')}`),
    allowed: [OK, MALFORMED, VALUE],
    text: '\u202eabc\u202c שלום',
  },
  {
    name: 'script',
    bytes: send(`message=${encodeURIComponent('<script>alert(1)</script>')}`),
    allowed: [OK],
    text: '<script>alert(1)</script>',
  },
  { name: 'nothing but separators', bytes: send('&&&===&&'), allowed: [MALFORMED, VALUE] },
  {
    name: 'a name of 60 kB',
    bytes: send(`${'n'.repeat(60_000)}=1&message=x`),
    allowed: [OK, TOO_LARGE, VALUE],
    text: 'x',
  },
];

const json: readonly Attack[] = [
  {
    name: '__proto__ as a key',
    bytes: sendJson('{"__proto__":{"message":"y"},"message":"x"}'),
    allowed: [OK],
    text: 'x',
  },
  { name: 'an array', bytes: sendJson('["message"]'), allowed: [MALFORMED, VALUE] },
  { name: 'null', bytes: sendJson('null'), allowed: [MALFORMED, VALUE] },
  { name: 'a number', bytes: sendJson('5'), allowed: [MALFORMED, VALUE] },
  { name: 'NaN', bytes: sendJson('{"message":NaN}'), allowed: [MALFORMED] },
  { name: 'a trailing comma', bytes: sendJson('{"message":"x",}'), allowed: [MALFORMED] },
  { name: 'two objects', bytes: sendJson('{"message":"x"}{"message":"y"}'), allowed: [MALFORMED] },
  {
    name: '10,000 levels',
    bytes: sendJson(`{"message":"x","a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
    allowed: [OK, MALFORMED, TOO_LARGE, VALUE],
    text: 'x',
  },
  { name: 'a lone surrogate', bytes: sendJson('{"message":"a\\ud800b"}'), allowed: [MALFORMED, VALUE] },
  { name: 'NUL', bytes: sendJson('{"message":"a\\u0000b"}'), allowed: [MALFORMED, VALUE] },
  {
    name: 'bytes that are no UTF-8',
    bytes: sendJson(Buffer.from('{"message":"\xff"}', 'latin1')),
    allowed: [MALFORMED, VALUE],
  },
  { name: 'an empty body', bytes: sendJson(''), allowed: [MALFORMED, VALUE] },
  { name: 'a byte order mark', bytes: sendJson('\ufeff{"message":"x"}'), allowed: [OK, MALFORMED, VALUE], text: 'x' },
  {
    name: '1e400 as a position',
    bytes: request(REFRESH, '{"transcriptPosition":1e400}', { 'Content-Type': 'application/json' }),
    allowed: [OK, MALFORMED, VALUE],
  },
];

const positions: readonly Attack[] = [
  { name: '-1', bytes: positioned('-1'), allowed: [OK] },
  ...['1.5', '1e309', 'NaN', 'Infinity', '1-0', '$', '+', '-', '0x1', '1_000', '٣', ' '].map((position): Attack => ({
    name: position,
    bytes: positioned(position),
    allowed: position === ' ' ? [OK, VALUE] : [VALUE],
  })),
  { name: '2^53+1', bytes: positioned('9007199254740993'), allowed: [OK, VALUE] },
  { name: '2^64', bytes: positioned('18446744073709551616'), allowed: [OK, VALUE] },
  { name: '400 digits', bytes: positioned('9'.repeat(400)), allowed: [OK, VALUE] },
  { name: 'minus 400 digits', bytes: positioned(`-${'9'.repeat(400)}`), allowed: [OK, VALUE] },
];

const pathId = (id: string): Attack['bytes'] => request(`POST ${SERVICE}/${id}/ixn/chat/refresh`);

const ids: readonly Attack[] = [
  ...[
    ['a way up, escaped', '..%2f..%2fadmin'],
    ['a way up, escaped twice', '..%252f..%252fadmin'],
    ['a way up with backslashes', '..%5c..%5cadmin'],
    ['NUL', 'a%00b'],
    ['5,000 characters', 'a'.repeat(5000)],
    ['a star', '*'],
    ['a question mark, escaped', '%3f'],
    ['braces, as of a hash tag', '%7bp1%7d'],
    ['a line break', 'a%0d%0ab'],
    ['a colon and a star', 'p1:*'],
    ['__proto__', '__proto__'],
    ['an id in capitals', '0DA34A9D-0C5E-46A6-953C-6CC1AA82BF7F'],
    ['the id of nobody', '0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f'],
    ['blanks', '%20%20'],
  ].map(([name = '', id = '']): Attack => ({ name, bytes: pathId(id), allowed: [UNKNOWN] })),
  { name: 'an escape that is none', bytes: pathId('%zz'), allowed: [UNKNOWN, MALFORMED] },
  { name: 'overlong UTF-8', bytes: pathId('%c0%af'), allowed: [UNKNOWN, MALFORMED] },
  { name: 'a way up, plain', bytes: pathId('..'), allowed: [UNKNOWN] },
];

const INTERNAL_PATHS = [
  '/metrics',
  '/healthz',
  '/readyz',
  '//metrics',
  '/metrics/',
  '/%6detrics',
  '/METRICS',
  '/./metrics',
  '/genesys/../metrics',
  '/genesys/1/admin/node/status',
  '/genesys//1//admin/node/status',
  '/genesys/1/admin/node/changestatus/OFFLINE',
  '/genesys/1/Admin/node/status',
  '/genesys/1/service/..%2fadmin/node/status',
  '/internal-poke',
  '/agent',
  '/.env',
  '/package.json',
];

const internal: readonly Attack[] = INTERNAL_PATHS.map((path) => ({
  name: path,
  bytes: request(`GET ${path}`),
  allowed: [UNKNOWN],
  forbids: /process_cpu|ONLINE|"dependencies"/,
}));

const REFRESH_FORM = { 'Content-Type': FORM };

const headers: readonly Attack[] = [
  {
    name: 'empty values',
    bytes: request(REFRESH, '', { gms_user: '', 'Content-Type': '', 'Idempotency-Key': '', Origin: '' }),
    allowed: [OK],
  },
  { name: 'a value of 7 kB', bytes: request(REFRESH, '', { 'X-Any': 'x'.repeat(7000) }), allowed: [OK] },
  {
    name: 'a value of 40 kB',
    bytes: request(REFRESH, '', { 'X-Any': 'x'.repeat(40_000) }),
    allowed: [HEADERS_LARGE, MALFORMED],
  },
  {
    name: '3,000 headers',
    bytes: request(REFRESH, '', Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`X-${index}`, 'x']))),
    allowed: [OK, HEADERS_LARGE, MALFORMED],
  },
  {
    name: 'a gms_user of 7 kB',
    bytes: request(REFRESH, '', { gms_user: 'u'.repeat(7000) }),
    allowed: [UNKNOWN, MALFORMED, VALUE],
  },
  {
    name: 'a gms_user that is no ASCII',
    bytes: request(REFRESH, '', { gms_user: '\xff\xfe' }),
    allowed: [OK, MALFORMED, UNKNOWN, VALUE],
  },
  {
    name: 'a key of 7 kB',
    bytes: request(SEND, 'message=x', { ...REFRESH_FORM, 'Idempotency-Key': 'k'.repeat(7000) }),
    allowed: [MALFORMED, VALUE],
  },
  {
    name: 'addresses forged',
    bytes: request(REFRESH, '', {
      'X-Forwarded-For': '10.0.0.1, evil',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'gopher',
      'X-Real-IP': '::ffff:999.1.1.1',
      Forwarded: 'for="_x";by=;;;',
    }),
    allowed: [OK],
    forbids: /evil/,
  },
  {
    name: 'an evil origin',
    bytes: request(REFRESH, '', { Origin: 'https://evil.example' }),
    allowed: [OK],
    forbids: /access-control-allow|evil/i,
  },
  {
    name: 'an origin that only begins well',
    bytes: request(REFRESH, '', { Origin: 'http://localhost:3000.evil.example' }),
    allowed: [OK],
    forbids: /access-control-allow|evil/i,
  },
  {
    name: 'a preflight from an evil origin',
    bytes: request('OPTIONS /genesys/1/service/request-chat', '', {
      Origin: 'https://evil.example',
      'Access-Control-Request-Method': 'POST',
    }),
    allowed: [OK, 204, MALFORMED, UNKNOWN, METHOD],
    forbids: /access-control-allow-(?:origin|credentials)|evil/i,
  },
  { name: 'NUL in a value', bytes: request(REFRESH, '', { 'X-Any': 'a\0b' }), allowed: [MALFORMED] },
  { name: 'a blank before the colon', bytes: request(REFRESH, '', { 'X-Any ': 'a' }), allowed: [MALFORMED] },
  { name: 'a folded header', bytes: request(REFRESH, '', { 'X-Any': 'a\r\n b' }), allowed: [OK, MALFORMED] },
  {
    name: 'an upgrade that nobody serves',
    bytes: request(REFRESH, '', { Connection: 'Upgrade', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }),
    allowed: [OK, MALFORMED, 426],
  },
  {
    name: 'an expectation that nobody meets',
    bytes: request(REFRESH, '', { Expect: 'tea' }),
    allowed: [OK, 417, MALFORMED],
  },
];

const methods: readonly Attack[] = [
  {
    name: 'TRACE',
    bytes: request('TRACE /genesys/1/service/{id}/ixn/chat/refresh', '', { 'X-Secret': 'echo-me' }),
    allowed: [METHOD, UNKNOWN, MALFORMED, NOT_IMPLEMENTED],
    forbids: /echo-me/,
  },
  { name: 'PUT', bytes: request('PUT /genesys/1/service/{id}/ixn/chat/refresh'), allowed: [METHOD] },
  {
    name: 'PROPFIND',
    bytes: request('PROPFIND /genesys/1/service/{id}/ixn/chat/refresh'),
    allowed: [METHOD, UNKNOWN, MALFORMED, NOT_IMPLEMENTED],
  },
  { name: 'HEAD', bytes: request('HEAD /genesys/1/service/{id}/ixn/chat/refresh'), allowed: [OK, METHOD, UNKNOWN] },
  {
    name: 'a method that is none',
    bytes: request('BREW /genesys/1/service/{id}/ixn/chat/refresh'),
    allowed: [MALFORMED, METHOD, NOT_IMPLEMENTED],
  },
  {
    name: 'a method in small letters',
    bytes: request('post /genesys/1/service/{id}/ixn/chat/refresh'),
    allowed: [MALFORMED, METHOD, NOT_IMPLEMENTED],
  },
  {
    name: 'CONNECT',
    bytes: 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n',
    allowed: [MALFORMED, UNKNOWN, METHOD, NOT_IMPLEMENTED, 0],
  },
  {
    name: 'a method said to be another',
    bytes: request('GET /genesys/1/service/{id}/ixn/chat/send', '', { 'X-HTTP-Method-Override': 'POST' }),
    allowed: [METHOD],
  },
];

const wholeSend =
  (frame: string, body: string): ((chat: Chat) => string) =>
  ({ id }) =>
    `POST ${chatPath(id, 'send')} HTTP/1.1\r\nHost: parley\r\nContent-Type: ${FORM}\r\n${frame}\r\n\r\n${body}`;
const smuggled = (id: string): string =>
  `POST ${chatPath(id, 'send')} HTTP/1.1\r\nHost: parley\r\nContent-Type: ${FORM}\r\nContent-Length: 16\r\n\r\nmessage=smuggled`;

const sockets: readonly Attack[] = [
  { name: 'GET //', bytes: request('GET //'), allowed: [UNKNOWN] },
  { name: 'GET ///', bytes: request('GET ///'), allowed: [UNKNOWN] },
  { name: 'GET //evil.example/%2e%2e', bytes: request('GET //evil.example/%2e%2e'), allowed: [UNKNOWN] },
  {
    name: 'GET of a whole URL',
    bytes: request('GET http://evil.example/genesys/1/service/request-chat'),
    allowed: [OK, UNKNOWN, MALFORMED],
  },
  { name: 'OPTIONS *', bytes: request('OPTIONS *'), allowed: [OK, 204, UNKNOWN, MALFORMED] },
  { name: 'GET *', bytes: request('GET *'), allowed: [UNKNOWN, MALFORMED] },
  { name: 'GET ?', bytes: request('GET ?'), allowed: [UNKNOWN, MALFORMED] },
  {
    name: 'a path of 60 kB',
    bytes: request(`GET /${'a'.repeat(60_000)}`),
    allowed: [MALFORMED, UNKNOWN, URI_LONG, HEADERS_LARGE],
  },
  {
    name: 'a path with raw bytes',
    bytes: 'GET /genesys/\xff\xfe HTTP/1.1\r\nHost: parley\r\n\r\n',
    allowed: [UNKNOWN, MALFORMED],
  },
  { name: 'HTTP/0.9', bytes: 'GET /\r\n\r\n', allowed: [MALFORMED, UNKNOWN, VERSION] },
  { name: 'HTTP/1.1 without a host', bytes: 'GET / HTTP/1.1\r\n\r\n', allowed: [MALFORMED] },
  { name: 'HTTP/3.7', bytes: 'GET / HTTP/3.7\r\nHost: parley\r\n\r\n', allowed: [MALFORMED, VERSION] },
  { name: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', allowed: [MALFORMED, VERSION] },
  { name: 'TLS', bytes: Buffer.from('16030100a5010000a10303', 'hex'), allowed: [MALFORMED] },
  {
    name: 'nothing but line breaks and a half close',
    bytes: '\r\n\r\n\r\n',
    allowed: [MALFORMED, 0],
    options: { halfClose: true },
  },
  { name: 'nothing at all', bytes: '', allowed: [MALFORMED, 0], options: { halfClose: true } },
  {
    name: 'a length and chunks',
    bytes: ({ id }) =>
      wholeSend('Content-Length: 5\r\nTransfer-Encoding: chunked', `0\r\n\r\n${smuggled(id)}`)({ id, sessionId: '' }),
    allowed: [MALFORMED],
  },
  {
    name: 'chunks and a length',
    bytes: ({ id }) =>
      wholeSend('Transfer-Encoding: chunked\r\nContent-Length: 5', `0\r\n\r\n${smuggled(id)}`)({ id, sessionId: '' }),
    allowed: [MALFORMED],
  },
  {
    name: 'two lengths',
    bytes: ({ id }) => wholeSend('Content-Length: 0\r\nContent-Length: 100', smuggled(id))({ id, sessionId: '' }),
    allowed: [MALFORMED],
  },
  { name: 'a list of lengths', bytes: wholeSend('Content-Length: 9, 9', 'message=x'), allowed: [MALFORMED] },
  { name: 'a length with a sign', bytes: wholeSend('Content-Length: +9', 'message=x'), allowed: [MALFORMED] },
  { name: 'a negative length', bytes: wholeSend('Content-Length: -1', 'message=x'), allowed: [MALFORMED] },
  { name: 'a hexadecimal length', bytes: wholeSend('Content-Length: 0x9', 'message=x'), allowed: [MALFORMED] },
  {
    name: 'a length of 2^64',
    bytes: wholeSend('Content-Length: 18446744073709551616', 'message=x'),
    allowed: [MALFORMED, TOO_LARGE],
  },
  {
    name: 'a length that is never reached',
    bytes: wholeSend('Content-Length: 900', 'message=x'),
    allowed: [MALFORMED, 0],
    options: { halfClose: true },
  },
  {
    name: 'an encoding that only looks like chunks',
    bytes: ({ id }) => wholeSend('Transfer-Encoding: xchunked', `0\r\n\r\n${smuggled(id)}`)({ id, sessionId: '' }),
    allowed: [MALFORMED, NOT_IMPLEMENTED],
  },
  {
    name: 'chunks that are not the last encoding',
    bytes: ({ id }) =>
      wholeSend('Transfer-Encoding: chunked, identity', `0\r\n\r\n${smuggled(id)}`)({ id, sessionId: '' }),
    allowed: [MALFORMED, NOT_IMPLEMENTED],
  },
  {
    name: 'chunks hidden behind a tab',
    bytes: ({ id }) =>
      wholeSend('Content-Length: 5\r\nTransfer-Encoding:\tchunked', `0\r\n\r\n${smuggled(id)}`)({ id, sessionId: '' }),
    allowed: [MALFORMED],
  },
  {
    name: 'a chunk size that is none',
    bytes: wholeSend('Transfer-Encoding: chunked', 'zz\r\nmessage=x\r\n0\r\n\r\n'),
    allowed: [MALFORMED],
  },
  {
    name: 'a chunk size beyond all bounds',
    bytes: wholeSend('Transfer-Encoding: chunked', 'fffffffffffffffff\r\nmessage=x\r\n0\r\n\r\n'),
    allowed: [MALFORMED, TOO_LARGE],
  },
  {
    name: 'a chunk that is longer than it says',
    bytes: wholeSend('Transfer-Encoding: chunked', '3\r\nmessage=x\r\n0\r\n\r\n'),
    allowed: [MALFORMED],
  },
  {
    name: 'chunks, well formed',
    bytes: wholeSend('Transfer-Encoding: chunked', '4\r\nmess\r\n5\r\nage=x\r\n0\r\n\r\n'),
    allowed: [OK],
    text: 'x',
  },
  {
    name: 'headers that end in bare line feeds',
    bytes: ({ id }) => `POST ${chatPath(id, 'refresh')} HTTP/1.1\nHost: parley\nContent-Length: 0\n\n`,
    allowed: [OK, MALFORMED],
  },
  {
    name: 'a header with a bare carriage return',
    bytes: ({ id }) => wholeSend('X-Any: a\rContent-Length: 9', smuggled(id))({ id, sessionId: '' }),
    allowed: [MALFORMED, VALUE],
  },
];

const GROUPS: readonly (readonly [string, readonly Attack[]])[] = [
  ['a content type', contentTypes],
  ['a form', forms],
  ['JSON', json],
  ['a position', positions],
  ['an id', ids],
  ['an internal path on the public port', internal],
  ['headers', headers],
  ['a method', methods],
  ['raw bytes', sockets],
];

/** Stack traces, paths of the machine, names of the parts inside. */
const INSIDE =
  /\n\s+at |node_modules|\/dist\/|\.[jt]s:\d+|node:internal|TypeError|RangeError|ReplyError|ioredis|redis:\/\/|\/(?:home|root|work|usr|tmp)\//i;

describe.each(GROUPS)('hostile input: %s', (_group, attacks) => {
  it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const chat = await startChat(client);
    const { bytes, allowed, answers = 1, forbids } = attack;
    const reply = await sendRaw(client.url, typeof bytes === 'function' ? bytes(chat) : bytes, attack.options);

    const [status = 0] = reply.statuses;
    expect({ status, isAllowed: allowed.includes(status), text: allowed.includes(status) ? '' : reply.text }).toEqual({
      status,
      isAllowed: true,
      text: '',
    });
    expect(reply.statuses.length).toBeLessThanOrEqual(answers);
    expect(reply.text).not.toMatch(INSIDE);
    if (forbids !== undefined) expect(reply.text).not.toMatch(forbids);
    expect(reply.statuses).not.toContain(500);

    const startMs = performance.now();
    const { events, state } = await readFrom(client, chat, 0);
    expect(performance.now() - startMs).toBeLessThan(GOOD_REPLY_LIMIT_MS);
    expect(state).toBe('TRANSCRIPT');
    expect(textsOf(events)).toEqual(status === OK && attack.text !== undefined ? [attack.text] : []);
  });
});

describe('many bad requests', () => {
  it('leave the server alive and ready, without an error in its log', async () => {
    const health = new HttpClient(stack().gateways[0]!.internalUrl);
    expect((await health.get('/readyz')).status).toBe(200);
    health.close();
    expect(stack().gateways[0]!.logs()).not.toMatch(/"level":(?:50|60|"error"|"fatal")|unhandled|uncaught/i);
  });

  it('on one connection do not cut off a good one after them', async () => {
    for (const type of ['text/xml', 'application/json', 'multipart/form-data']) {
      const bad = await client.post(`${SERVICE}/request-chat`, { headers: { 'Content-Type': type }, body: '{' });
      expect([400, 415]).toContain(bad.status);
      expect((await client.post(`${SERVICE}/request-chat`)).status).toBe(200);
    }
  });

  it('sent ahead without waiting are each answered, in order', async () => {
    const good = head('GET /genesys/1/service/request-chat HTTP/1.1', {});
    const bad = head('GET /genesys/1/service/no-such-service HTTP/1.1', {});
    const { statuses } = await sendRaw(client.url, `${good}${bad}${good}`);
    expect(statuses).toEqual([200, 404, 200]);
  });

  it('cut off in the middle of a body store nothing', async () => {
    const chat = await startChat(client);
    await sendRaw(client.url, wholeSend('Content-Length: 900', 'message=half')(chat), { halfClose: true });
    expect((await readFrom(client, chat, 0)).events).toEqual([]);
  });
});
