import { type Attack, REFRESH, request, sendJson } from './attack.js';
import { MALFORMED, OK, TOO_LARGE, VALUE } from './statuses.js';

/** JSON bodies. */
export const json: readonly Attack[] = [
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
