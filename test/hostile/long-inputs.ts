import { type Attack, FORM, request, REFRESH, say, SEND, send, sendJson } from './attack.js';
import { FORBIDDEN, HEADERS_LARGE, MALFORMED, NOTHING, OK, TOO_LARGE, UNKNOWN, VALUE } from './statuses.js';

const ANY = [OK, MALFORMED, FORBIDDEN, UNKNOWN, TOO_LARGE, VALUE, HEADERS_LARGE, NOTHING];
const HEADER = 7_000;
const FIELD = 60_000;
const START = 'POST /genesys/1/service/{id}/ixn/chat';

const many = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** Patterns that are slow for a careless expression: long runs, and runs that fail at their end. */
const PATTERNS = [
  'a',
  ' ',
  '0',
  '-',
  '.',
  ',',
  ';',
  '=',
  '"',
  '\\',
  '/',
  '(',
  '[',
  'a.',
  'a@',
  '4 ',
  'DE',
  ':1',
  '=;',
  'a=',
];

const headerOf = (name: string): readonly Attack[] =>
  PATTERNS.filter((_, index) => index % 2 === name.length % 2).map((pattern): Attack => ({
    name: `${name}: ${pattern}${pattern}…!`,
    bytes: request(REFRESH, '', { [name]: `${many(pattern, HEADER)}!` }),
    allowed: ANY,
    withinMs: 500,
  }));

const fieldOf = (name: string): readonly Attack[] =>
  PATTERNS.filter((_, index) => index % 3 === name.length % 3).map((pattern): Attack => ({
    name: `${name}=${pattern}${pattern}…!`,
    bytes: request(START, `${name}=${encodeURIComponent(`${many(pattern, FIELD / 3)}!`)}`, { 'Content-Type': FORM }),
    allowed: ANY,
    withinMs: 500,
  }));

const texts: readonly Attack[] = ['4 ', '4-', 'a@', 'a.', 'DE12', '<', '\n', '[', '\\', '&amp;'].map((pattern) => {
  const text = many(pattern, 4_095) + '!';
  return { name: `the text ${JSON.stringify(pattern)}…!`, bytes: say(text), allowed: [OK], text, withinMs: 500 };
});

const bodies: readonly (readonly [string, Attack['bytes']])[] = [
  ['60 kB of blanks before a brace', send(`${' '.repeat(FIELD)}{`)],
  ['60 kB of ampersands', send('&'.repeat(FIELD))],
  ['60 kB of per cents', send('%'.repeat(FIELD))],
  ['20,000 escapes of half a character', send(`message=${'%ed'.repeat(20_000)}`)],
  ['60 kB of plus signs', send(`message=${'+'.repeat(FIELD)}`)],
  ['60 kB of blanks as JSON', sendJson(' '.repeat(FIELD))],
  ['60 kB of open brackets', sendJson('['.repeat(FIELD))],
  ['60 kB of backslashes', sendJson(`{"message":"${'\\'.repeat(FIELD)}"}`)],
  ['a number of 60,000 digits', sendJson(`{"transcriptPosition":${'9'.repeat(FIELD)}}`)],
  ['30,000 keys of one letter', sendJson(`{${'"a":1,'.repeat(9_000)}"b":1}`)],
  ['keys that share their hash', sendJson(`{${Array.from({ length: 5_000 }, (_, key) => `"${key}":1`).join(',')}}`)],
  ['a position of 60,000 digits', send(`transcriptPosition=${'9'.repeat(FIELD)}`)],
  [
    '900 kB of dashes as parts',
    request(SEND, '--'.repeat(450_000), { 'Content-Type': 'multipart/form-data; boundary=--' }),
  ],
  [
    '900 kB of line breaks as parts',
    request(SEND, '\r\n'.repeat(450_000), { 'Content-Type': 'multipart/form-data; boundary=x' }),
  ],
  [
    '900 kB of almost the boundary',
    request(SEND, `\r\n--${'x'.repeat(60)}`.repeat(14_000), {
      'Content-Type': `multipart/form-data; boundary=${'x'.repeat(61)}`,
    }),
  ],
  [
    'a part with a head of 500 kB',
    request(SEND, `--x\r\n${'A: b\r\n'.repeat(80_000)}\r\n1\r\n--x--`, {
      'Content-Type': 'multipart/form-data; boundary=x',
    }),
  ],
  [
    'a disposition of 500 kB',
    request(SEND, `--x\r\nContent-Disposition: form-data; ${'a="'.repeat(160_000)}\r\n\r\n1\r\n--x--`, {
      'Content-Type': 'multipart/form-data; boundary=x',
    }),
  ],
  ['a query of 7,000 ampersands', request(`${SEND}?${'&'.repeat(7_000)}`)],
  ['a query of 7,000 brackets', request(`${SEND}?${'a[b]'.repeat(1_700)}=1`)],
  ['a path of 7,000 slashes', request(`GET ${'/'.repeat(7_000)}`)],
  ['a path of 3,000 ways up', request(`GET ${'/..'.repeat(2_300)}`)],
  ['a path of 2,300 escapes', request(`GET /${'%2f'.repeat(2_300)}`)],
];

/** Long inputs: none of them keeps the server busy. */
export const longInputs: readonly Attack[] = [
  ...['Content-Type', 'Origin', 'X-Forwarded-For', 'Idempotency-Key', 'Accept-Encoding', 'gms_user', 'Cookie'].flatMap(
    headerOf,
  ),
  ...['firstName', 'email', 'userDisplayName', 'TimeZone', 'subject'].flatMap(fieldOf),
  ...texts,
  ...bodies.map(([name, bytes]): Attack => ({ name, bytes, allowed: ANY, withinMs: 500 })),
];
