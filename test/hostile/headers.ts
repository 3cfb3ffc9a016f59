import { type Attack, FORM, REFRESH, SEND, request } from './attack.js';
import { FORBIDDEN, HEADERS_LARGE, MALFORMED, METHOD, OK, UNKNOWN, VALUE } from './statuses.js';

const REFRESH_FORM = { 'Content-Type': FORM };

/** Headers. */
export const headers: readonly Attack[] = [
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
    allowed: [FORBIDDEN],
    forbids: /access-control-allow|evil/i,
  },
  {
    name: 'an origin that only begins well',
    bytes: request(REFRESH, '', { Origin: 'http://localhost:3000.evil.example' }),
    allowed: [FORBIDDEN],
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
