import { type Attack, FORM, request } from './attack.js';
import { MALFORMED, OK, TOO_LARGE, UNKNOWN, URI_LONG, VALUE } from './statuses.js';

const form = (line: string, fields: Readonly<Record<string, string>>): Attack['bytes'] =>
  request(line, new URLSearchParams(fields).toString(), { 'Content-Type': FORM });

const SERVICE = '/genesys/1/service';
const CREATE = `POST ${SERVICE}/request-chat`;
const START = `POST ${SERVICE}/{id}/ixn/chat`;
const STORAGE = `POST ${SERVICE}/{id}/storage`;

const WRONG = ['', 'NaN', '-1', '0', '1.5', '1e3', '0x10', '٣', '9'.repeat(30), '1;2', ' 1', 'true', '[]', '$'];

/** Creation: whole numbers, names out of lists, and data of anybody's choice. */
const creation: readonly Attack[] = [
  ...WRONG.map((value): Attack => ({
    name: `_ttl=${value.slice(0, 12)}`,
    bytes: form(CREATE, { _ttl: value }),
    allowed: value === '' ? [OK] : [VALUE],
  })),
  ...WRONG.map((value): Attack => ({
    name: `TimeZone=${value.slice(0, 12)}`,
    bytes: form(CREATE, { TimeZone: value }),
    allowed: [OK, VALUE],
  })),
  ...['windows', '__proto__', 'ios\r\n', 'IOS,android', 'x'.repeat(60_000)].map((value): Attack => ({
    name: `_device_os=${JSON.stringify(value.slice(0, 12))}`,
    bytes: form(CREATE, { _device_os: value, _device_notification_id: 'x' }),
    allowed: [VALUE, TOO_LARGE],
  })),
  {
    name: 'an endpoint that there is not',
    bytes: form(CREATE, { _chat_endpoint: 'Environment:Admin' }),
    allowed: [VALUE],
  },
  ...['__proto__', 'constructor', 'toString', '..%2f..', '%2e%2e', 'request-chat%00', 'REQUEST-CHAT', '*'].map(
    (name): Attack => ({ name: `the service ${name}`, bytes: request(`POST ${SERVICE}/${name}`), allowed: [UNKNOWN] }),
  ),
  {
    name: 'data with names of the prototype',
    bytes: form(CREATE, { __proto__: 'a', constructor: 'b', poke_url: 'http://evil.example', toString: 'c' }),
    allowed: [OK],
    forbids: /evil/,
  },
  { name: 'data with a name of 257 characters', bytes: form(CREATE, { ['n'.repeat(257)]: 'x' }), allowed: [TOO_LARGE] },
  { name: 'data without a name', bytes: request(CREATE, '=x', { 'Content-Type': FORM }), allowed: [MALFORMED] },
  { name: 'data of 60 kB', bytes: form(CREATE, { data: 'x'.repeat(60_000) }), allowed: [OK] },
  { name: 'data of 70 kB', bytes: form(CREATE, { data: 'x'.repeat(70_000) }), allowed: [TOO_LARGE] },
  { name: '65 fields of data', bytes: form(CREATE, fields(65)), allowed: [TOO_LARGE] },
];

/** Starts of a chat that goes on: nothing of it changes. */
const starts: readonly Attack[] = [
  ...['phone', 'COMET', 'comet,comet', '__proto__', 'comet\n'].map((value): Attack => ({
    name: `notify_by=${JSON.stringify(value)}`,
    bytes: form(START, { notify_by: value }),
    allowed: [VALUE],
  })),
  { name: 'notify_by=comet of nobody', bytes: form(START, { notify_by: 'comet' }), allowed: [VALUE] },
  ...['a\r\nb', 'a\u2028b', 'x'.repeat(129), 'x'.repeat(60_000)].map((value): Attack => ({
    name: `userDisplayName=${JSON.stringify(value.slice(0, 12))}`,
    bytes: form(START, { userDisplayName: value }),
    allowed: [VALUE],
  })),
  ...['System', 'Monique', '<b>', '\u202enimdA', '👩‍👩‍👧'].map((value): Attack => ({
    name: `userDisplayName=${JSON.stringify(value)}`,
    bytes: form(START, { userDisplayName: value }),
    allowed: [OK],
  })),
  {
    name: 'fields of the server',
    bytes: form(START, { userId: 'x', secureKey: 'x', chatSessionId: 'x', poke_url: 'http://evil.example' }),
    allowed: [OK],
    forbids: /evil|"secureKey"/,
  },
];

/** What is kept for an application. */
const storage: readonly Attack[] = [
  ...['..%2f..%2fx', '%00', '__proto__', 'constructor', '*', '%7bp1%7d', 'x'.repeat(300), '%c0%af', '%zz'].map(
    (key): Attack => ({
      name: `GET of the key ${key.slice(0, 12)}`,
      bytes: request(`GET ${SERVICE}/{id}/storage/${key}`),
      allowed: [UNKNOWN, MALFORMED, TOO_LARGE],
    }),
  ),
  ...['..%2f..%2fx', '__proto__', '*', '%7bp1%7d'].map((key): Attack => ({
    name: `DELETE of the key ${key}`,
    bytes: request(`DELETE ${SERVICE}/{id}/storage/${key}`),
    allowed: [OK, UNKNOWN],
  })),
  { name: 'nothing to store', bytes: form(STORAGE, {}), allowed: [VALUE] },
  { name: '65 keys', bytes: form(STORAGE, fields(65)), allowed: [TOO_LARGE] },
  { name: 'NUL to store', bytes: form(STORAGE, { a: 'x\0' }), allowed: [VALUE] },
  { name: 'a key of 300 characters', bytes: form(STORAGE, { ['k'.repeat(300)]: 'x' }), allowed: [TOO_LARGE] },
  {
    name: 'a file of 2 MB',
    bytes: request(
      STORAGE,
      `--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n${'x'.repeat(2_000_000)}\r\n--x--\r\n`,
      { 'Content-Type': 'multipart/form-data; boundary=x' },
    ),
    allowed: [TOO_LARGE],
  },
  {
    name: 'a file with a name of ways up',
    bytes: request(
      STORAGE,
      '--x\r\nContent-Disposition: form-data; name="f"; filename="../../../tmp/x"\r\n\r\nx\r\n--x--\r\n',
      { 'Content-Type': 'multipart/form-data; boundary=x' },
    ),
    allowed: [OK],
  },
  {
    name: 'a file with a line break in its name',
    bytes: request(STORAGE, '--x\r\nContent-Disposition: form-data; name="f"; filename="a\nb"\r\n\r\nx\r\n--x--\r\n', {
      'Content-Type': 'multipart/form-data; boundary=x',
    }),
    allowed: [MALFORMED, VALUE],
  },
];

/** Every operation, for an id that nobody has and for one that is none. */
const strangers: readonly Attack[] = [
  'POST {x}/ixn/chat',
  'POST {x}/ixn/chat/refresh',
  'GET {x}/ixn/chat/refresh',
  'POST {x}/ixn/chat/send?message=x',
  'POST {x}/ixn/chat/startTyping',
  'POST {x}/ixn/chat/stopTyping',
  'POST {x}/ixn/chat/disconnect',
  'POST {x}/status',
  'GET {x}/status',
  'POST {x}/check-queue-position',
  'POST {x}/internal-poke',
  'GET {x}/storage',
  'POST {x}/storage?a=b',
  'DELETE {x}/storage',
  'GET {x}/storage/a',
  'GET {x}/dialogs/current',
  'DELETE {x}',
].flatMap((line) =>
  ['0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f', '0DA34A9D0C5E46A6953C6CC1AA82BF7F', 'p1:*', '{id}%00', '{id}%0a'].map(
    (id): Attack => ({
      name: `${line.replace('{x}', '…')} of ${id}`,
      bytes: request(line.replace('{x}', `${SERVICE}/${id}`)),
      allowed: [UNKNOWN],
    }),
  ),
);

/** Keys of a command, which tell repeats apart. */
const keys: readonly Attack[] = ['\t', 'ä', 'x'.repeat(129), 'a b', '\x7f'].map((key) => ({
  name: `the key ${JSON.stringify(key.slice(0, 12))}`,
  bytes: request(`POST ${SERVICE}/{id}/ixn/chat/send`, 'message=x', { 'Content-Type': FORM, 'Idempotency-Key': key }),
  // Blanks around a value are no part of it.
  allowed: key === '\t' ? [OK] : [VALUE, MALFORMED],
  ...(key === '\t' ? { text: 'x' } : {}),
}));

/** Dialogs, which are files. */
const dialogs: readonly Attack[] = [
  '..%2f..%2fpackage.json',
  '..%5c..%5cpackage.json',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '.%00',
  'waiting_for_agent.html%00.png',
  '.env',
  'x'.repeat(5_000),
  '__proto__',
].map((file) => ({
  name: `the dialog ${file.slice(0, 30)}`,
  bytes: request(`GET /genesys/1/dialogs/${file}`),
  allowed: [UNKNOWN, URI_LONG],
  forbids: /root:|"dependencies"/,
}));

function fields(count: number): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 'v']));
}

/** What operations other than `send` and `refresh` are told. */
export const operations: readonly Attack[] = [...creation, ...starts, ...storage, ...strangers, ...keys, ...dialogs];
