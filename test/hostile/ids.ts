import { SERVICE } from '../conformance/customer.js';
import { type Attack, request } from './attack.js';
import { MALFORMED, UNKNOWN } from './statuses.js';

const pathId = (id: string): Attack['bytes'] => request(`POST ${SERVICE}/${id}/ixn/chat/refresh`);

/** Ids of services that there are not. */
export const ids: readonly Attack[] = [
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
