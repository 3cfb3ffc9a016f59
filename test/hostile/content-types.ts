import { type Attack, FORM, SEND, request, send } from './attack.js';
import { MALFORMED, OK, TOO_LARGE, VALUE } from './statuses.js';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** Bodies of types that there are not, or that are not what they say. */
export const contentTypes: readonly Attack[] = [
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
