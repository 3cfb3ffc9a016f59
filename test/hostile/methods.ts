import { type Attack, request } from './attack.js';
import { MALFORMED, METHOD, NOT_IMPLEMENTED, OK, UNKNOWN } from './statuses.js';

/** Methods. */
export const methods: readonly Attack[] = [
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
