import { type Attack, SEND, request, send } from './attack.js';
import { HEADERS_LARGE, MALFORMED, OK, TOO_LARGE, URI_LONG, VALUE } from './statuses.js';

const manyFields = Array.from({ length: 5000 }, (_, index) => `k${index}=v`).join('&');

/** Forms: byte for byte, or not at all. */
export const forms: readonly Attack[] = [
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
