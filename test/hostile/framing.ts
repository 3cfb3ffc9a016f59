import { type Chat, chatPath } from '../conformance/customer.js';
import { type Attack, FORM, request } from './attack.js';
import {
  FOUND,
  HEADERS_LARGE,
  MALFORMED,
  NOT_IMPLEMENTED,
  OK,
  TOO_LARGE,
  UNKNOWN,
  URI_LONG,
  VALUE,
  VERSION,
} from './statuses.js';

const wholeSend =
  (frame: string, body: string): ((chat: Chat) => string) =>
  ({ id }) =>
    `POST ${chatPath(id, 'send')} HTTP/1.1\r\nHost: parley\r\nContent-Type: ${FORM}\r\n${frame}\r\n\r\n${body}`;
const smuggled = (id: string): string =>
  `POST ${chatPath(id, 'send')} HTTP/1.1\r\nHost: parley\r\nContent-Type: ${FORM}\r\nContent-Length: 16\r\n\r\nmessage=smuggled`;

const lines: readonly Attack[] = [
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
  { name: 'HTTP/0.9', bytes: 'GET /\r\n\r\n', allowed: [FOUND, MALFORMED, UNKNOWN, VERSION] },
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

/** A request whose framing two servers in a row might understand differently; a second one is hidden in it. */
const hidden = (
  name: string,
  frame: string,
  body: (chat: Chat) => string,
  allowed = [MALFORMED, NOT_IMPLEMENTED],
): Attack => ({
  name,
  bytes: (chat) => wholeSend(frame, body(chat))(chat),
  allowed,
});
const afterChunks = ({ id }: Chat): string => `0\r\n\r\n${smuggled(id)}`;
const chunked = (body: string): ((chat: Chat) => string) => wholeSend('Transfer-Encoding: chunked', body);

/** Ways to name the encoding that not every server takes for it. */
const ENCODINGS = [
  'Transfer-Encoding : chunked',
  'Transfer-Encoding\t: chunked',
  ' Transfer-Encoding: chunked',
  'Transfer-Encoding:\r\n chunked',
  'X-Any: a\r\n\tTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
  'Transfer-Encoding: identity\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding: chunked;q=1',
  'Transfer-Encoding: chunked\0',
  'Transfer-Encoding: \x0bchunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: cow',
  'Transfer-Encoding:',
  'Transfer-Encoding: chunKed',
  'X: y\nTransfer-Encoding: chunked',
  'X: y\rTransfer-Encoding: chunked',
];

const LENGTHS = [
  'Content-Length : 5',
  ' Content-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 5\r\ncontent-length: 5',
  'Content-Length: 5, 6',
  'Content-Length: 5 6',
  'Content-Length: 5;',
  'Content-Length: "5"',
  'Content-Length: 0005x',
  'Content-Length: 5e0',
  'Content-Length: 5.0',
  'Content-Length: 5\0',
  'Content-Length: \x0b5',
  'Content-Length:\r\n 5',
  'Content-Length: 99999999999999999999',
  'Content-Length: ٥',
];

const CHUNKS: readonly (readonly [name: string, body: string])[] = [
  ['a size with a sign', '+9\r\nmessage=x\r\n0\r\n\r\n'],
  ['a negative size', '-1\r\nmessage=x\r\n0\r\n\r\n'],
  ['a size with 0x', '0x9\r\nmessage=x\r\n0\r\n\r\n'],
  ['a size after a blank', ' 9\r\nmessage=x\r\n0\r\n\r\n'],
  ['no size', '\r\nmessage=x\r\n0\r\n\r\n'],
  ['a size with a decimal point', '9.0\r\nmessage=x\r\n0\r\n\r\n'],
  ['a size of 2^64 + 9', '10000000000000009\r\nmessage=x\r\n0\r\n\r\n'],
  ['a size that ends in a line feed alone', '9\nmessage=x\r\n0\r\n\r\n'],
  ['no end of a chunk', '9\r\nmessage=x0\r\n\r\n'],
  ['an end of a chunk of line feeds', '9\r\nmessage=x\n0\n\n'],
  ['an extension with a line feed', '9;a\nb\r\nmessage=x\r\n0\r\n\r\n'],
  ['an extension of 70 kB', `9;${'a'.repeat(70_000)}\r\nmessage=x\r\n0\r\n\r\n`],
  ['a trailer of 70 kB', `9\r\nmessage=x\r\n0\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`],
  ['10,000 trailers', `9\r\nmessage=x\r\n0\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
];

const smuggling: readonly Attack[] = [
  ...ENCODINGS.map((line) =>
    hidden(`the encoding ${JSON.stringify(line)} and a length`, `Content-Length: 5\r\n${line}`, afterChunks),
  ),
  ...LENGTHS.map((line) =>
    hidden(`the length ${JSON.stringify(line)}`, line, ({ id }) => smuggled(id), [MALFORMED, TOO_LARGE]),
  ),
  ...CHUNKS.map(([name, body]): Attack => ({
    name: `chunks with ${name}`,
    bytes: chunked(body),
    allowed: [MALFORMED, HEADERS_LARGE, TOO_LARGE],
  })),
  {
    name: 'a chunk with an extension',
    bytes: chunked('9;a=b\r\nmessage=x\r\n0\r\n\r\n'),
    allowed: [OK],
    text: 'x',
  },
  {
    name: 'a trailer that says who sends it',
    bytes: chunked('9\r\nmessage=x\r\n0\r\ngms_user: mallory\r\n\r\n'),
    allowed: [OK],
    text: 'x',
  },
  {
    name: 'a body of GET in which there is a request',
    bytes: ({ id }) => {
      const body = smuggled(id);
      return `GET ${chatPath(id, 'refresh')} HTTP/1.1\r\nHost: parley\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    },
    // It is a body, and nobody wants it.
    allowed: [OK, MALFORMED, VALUE],
  },
  {
    name: 'chunks by HTTP/1.0',
    bytes: (chat) => chunked(afterChunks(chat))(chat).replace('HTTP/1.1', 'HTTP/1.0'),
    allowed: [MALFORMED, VALUE],
  },
  ...['Content-Length', 'Transfer-Encoding', 'Host', 'gms_user'].map((name): Attack => ({
    name: `a connection that drops ${name}`,
    bytes: ({ id }) =>
      `POST ${chatPath(id, 'send')} HTTP/1.1\r\nHost: parley\r\nConnection: close, ${name}\r\nContent-Type: ${FORM}\r\nContent-Length: 9\r\n\r\nmessage=x`,
    allowed: [OK],
    text: 'x',
  })),
  ...[
    'Host: parley\r\nHost: evil.example',
    'Host: a b',
    'Host: parley:99999',
    'Host: parley/x',
    'Host: @',
    'Host:',
  ].map((host): Attack => ({
    name: JSON.stringify(host),
    bytes: ({ id }) =>
      `POST ${chatPath(id, 'refresh')} HTTP/1.1\r\n${host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    // Nothing of ours depends on it.
    allowed: [OK, MALFORMED],
    forbids: /evil/,
  })),
  ...['x\0y: a', 'x y: a', ': a', 'x', '\x80: a', 'x(y): a', '"x": a', 'x\x7f: a'].map((line): Attack => ({
    name: `the header ${JSON.stringify(line)}`,
    bytes: ({ id }) =>
      `POST ${chatPath(id, 'refresh')} HTTP/1.1\r\nHost: parley\r\n${line}\r\nContent-Length: 0\r\n\r\n`,
    allowed: [MALFORMED],
  })),
  ...[
    'GET  /x HTTP/1.1',
    'GET\t/x\tHTTP/1.1',
    'GET /x  HTTP/1.1',
    'GET /x HTTP/1.1 ',
    'GET /x http/1.1',
    'GET /x y HTTP/1.1',
    'GET /x',
    'GET /x HTTP/2.0',
    'GET /\0 HTTP/1.1',
    'GET /\x7f HTTP/1.1',
    `${'G'.repeat(9_000)} / HTTP/1.1`,
  ].map((line): Attack => ({
    name: `the line ${JSON.stringify(line.slice(0, 30))}`,
    bytes: `${line}\r\nHost: parley\r\nConnection: close\r\n\r\n`,
    allowed: [MALFORMED, UNKNOWN, VERSION],
  })),
];

/** Bytes that no client would send: request lines, framing, one request hidden in another. */
export const framing: readonly Attack[] = [...lines, ...smuggling];
