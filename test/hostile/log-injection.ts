import { type Attack, FORM, REFRESH, request, SEND, send } from './attack.js';
import { MALFORMED, METHOD, OK, TOO_LARGE, UNKNOWN, VALUE } from './statuses.js';

/** A line that is to look like one of ours; of a name that is wrong, the plain letters are shown. */
const LINE = '{"level":60,"msg":"forged"}';
/** Quotes of a value are escaped within a line, so this cannot stand there but as a field of its own. */
const SECRETS = ['"msg":"forged', '\u001b', 'words-of-a-customer'];
const ANY = [OK, MALFORMED, UNKNOWN, METHOD, TOO_LARGE, VALUE];

const refreshWith = (headers: Readonly<Record<string, string>>): Attack['bytes'] => request(REFRESH, '', headers);

const row = (name: string, bytes: Attack['bytes'], text?: string): Attack => ({
  name,
  bytes,
  allowed: ANY,
  secrets: SECRETS,
  ...(text === undefined ? {} : { text }),
});

/** What somebody would like to read in our log. */
export const logInjection: readonly Attack[] = [
  ...['x-request-id', 'user-agent', 'referer', 'x-forwarded-for', 'gms_user', 'cookie', 'authorization'].flatMap(
    (name) => [
      row(`a line in ${name}`, refreshWith({ [name]: LINE })),
      row(`an escaped line break in ${name}`, refreshWith({ [name]: `x%0d%0a${LINE}` })),
      row(`a colour in ${name}`, refreshWith({ [name]: '\u001b[31mforged' })),
      row(`7 kB in ${name}`, refreshWith({ [name]: 'forged'.repeat(1_200) })),
    ],
  ),
  row('a line in the path', request(`GET /genesys/1/service/x%0a${encodeURIComponent(LINE)}`)),
  row('a line in the query', request(`${REFRESH}?transcriptPosition=%0a${encodeURIComponent(LINE)}`)),
  row('a line as a position', send(`message=x&transcriptPosition=${encodeURIComponent(`\n${LINE}`)}`), 'x'),
  row('a line in the name of a field', send(`${encodeURIComponent(`\n"${LINE}`)}=x`)),
  row('a colour in the name of a field', send('%1b%5b31m=words-of-a-customer')),
  row('a line in the type', request(SEND, 'message=x', { 'Content-Type': `a/b; ${LINE}` })),
  row('a line in a boundary', request(SEND, 'x', { 'Content-Type': `multipart/form-data; boundary="${LINE}"` })),
  row('a text that is too long', send(`message=${'words-of-a-customer'.repeat(300)}`)),
  row('a text in a field that is none of ours', send('text=words-of-a-customer')),
  row(
    'a text in broken JSON',
    request(SEND, '{"message":"words-of-a-customer"', { 'Content-Type': 'application/json' }),
  ),
  row('a text in a form that is cut short', send('message=words-of-a-customer%')),
  row('a text with a control character', send('message=words-of-a-customer%01')),
  row('a text without a type', request(SEND, 'message=words-of-a-customer')),
  row('a text in a query that is malformed', request(`${SEND}?message=words-of-a-customer%ff`)),
  row('a text as the id of a message', send('message=x&_message_id=words-of-a-customer%00')),
  row('a text under a broken escape', send('%zz=words-of-a-customer')),
  row('a card number as a name', send('4111111111111111=x')),
  row('a method', `FORGED\u001b / HTTP/1.1\r\nHost: parley\r\nContent-Type: ${FORM}\r\n\r\n`),
];
