import { type Attack, head, request } from './attack.js';
import { UNKNOWN } from './statuses.js';

/** What is there on the internal listener and must not be on the public one. */
const PATHS = [
  '/metrics',
  '/healthz',
  '/readyz',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/desk',
  '/desk/config.json',
  '/agent/v1/me',
  '/agent/v1/cometd',
  '/agent/v1/supervision/chats',
  '/genesys/1/admin/node/status',
] as const;

/** What only the internal listener says. */
const OF_THE_INSIDE = /process_cpu|ONLINE|OFFLINE|"dependencies"|TOKEN_REQUIRED|openapi|asyncapi|<html|"oidc"/;

const escaped = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;

/** From a letter to its full-width form. */
const WIDE = 0xfee0;

/** Ways to write a path that somebody in between might take for another, or we for the same. */
const SPELLINGS: readonly (readonly [name: string, spell: (path: string) => string])[] = [
  ['as it is', (path) => path],
  ['with a doubled slash', (path) => `/${path}`],
  ['with all slashes doubled', (path) => path.replaceAll('/', '//')],
  ['with a trailing slash', (path) => `${path}/`],
  ['with trailing dots', (path) => `${path}..`],
  ['with a dot behind a slash', (path) => `${path}/.`],
  ['with a dot before it', (path) => `/.${path}`],
  ['by a way up', (path) => `/genesys/..${path}`],
  ['by an escaped way up', (path) => `/genesys/%2e%2e${path}`],
  ['by a way up with an escaped slash', (path) => `/genesys/..%2f${path.slice(1)}`],
  ['by a way up with a backslash', (path) => `/genesys/..%5c${path.slice(1)}`],
  ['by a service', (path) => `/genesys/1/service/x/../../../..${path}`],
  ['with an escaped slash', (path) => `/%2f${path.slice(1)}`],
  ['with slashes escaped', (path) => `/${path.slice(1).replaceAll('/', '%2f')}%2f`],
  ['with a slash escaped twice', (path) => `/%252f${path.slice(1)}`],
  ['in capitals', (path) => path.toUpperCase()],
  ['with its first letter escaped', (path) => `/${escaped(path.charAt(1))}${path.slice(2)}`],
  ['with all letters escaped', (path) => path.replaceAll(/[a-z]/g, escaped)],
  ['with a parameter', (path) => `${path};x=1`],
  ['with a parameter before it', (path) => `/;x=1${path}`],
  ['with a parameter of nothing', (path) => `${path};`],
  ['with NUL', (path) => `${path}%00`],
  ['with a line break', (path) => `${path}%0d%0a`],
  ['with a blank', (path) => `${path}%20`],
  ['with a tab before it', (path) => `/%09${path.slice(1)}`],
  ['with an ending', (path) => `${path}.json`],
  ['with an escaped question mark', (path) => `${path}%3f`],
  ['with an escaped hash', (path) => `${path}%23`],
  [
    'with wide letters',
    (path) =>
      path.replaceAll(/[amd]/g, (letter) => encodeURIComponent(String.fromCharCode(letter.charCodeAt(0) + WIDE))),
  ],
  ['with overlong slashes', (path) => `/%c0%af${path.slice(1)}`],
  ['below a page', (path) => `/demo/..${path}`],
  ['below dialogs', (path) => `/genesys/1/dialogs/..%2f..%2f..${path.replaceAll('/', '%2f')}`],
];

/** Spellings in which it is the same as it stands are tried for one more path only. */
const TRIED_FOR_ALL = 6;

const spelled: readonly Attack[] = SPELLINGS.flatMap(([name, spell], index) =>
  PATHS.filter((_, place) => index < TRIED_FOR_ALL || place % 4 === index % 4).map((path): Attack => ({
    name: `${path} ${name}`,
    bytes: request(`GET ${spell(path)}`),
    allowed: [UNKNOWN],
    forbids: OF_THE_INSIDE,
  })),
);

const absolute = (authority: string, path: string): Attack => ({
  name: `${path} as a whole URL of ${authority}`,
  bytes: request(`GET http://${authority}${path}`),
  allowed: [UNKNOWN],
  forbids: OF_THE_INSIDE,
});

/** Internal paths on the public listener, in any spelling. */
export const internalPaths: readonly Attack[] = [
  ...spelled,
  ...['/metrics', '/genesys/1/admin/node/status', '/agent/v1/me'].flatMap((path) => [
    absolute('parley', path),
    absolute('localhost:8081', path),
  ]),
  ...[
    '/genesys/1/admin/node/changestatus/OFFLINE',
    '/genesys/1/Admin/node/status',
    '/genesys/2/admin/node/status',
    '/internal-poke',
    '/agent',
    '/.env',
    '/package.json',
    '/server-status',
  ].map((path): Attack => ({
    name: path,
    bytes: request(`GET ${path}`),
    allowed: [UNKNOWN],
    forbids: OF_THE_INSIDE,
  })),
  ...['POST', 'PUT', 'DELETE', 'HEAD'].map((method): Attack => ({
    name: `${method} of an internal path`,
    bytes: request(`${method} /genesys/1/admin/node/changestatus/OFFLINE`),
    allowed: [UNKNOWN],
    forbids: OF_THE_INSIDE,
  })),
  ...[
    { Host: 'localhost:8081' },
    { 'X-Original-URL': '/metrics' },
    { 'X-Rewrite-URL': '/metrics' },
    { 'X-Forwarded-Prefix': '/metrics' },
    { 'X-Forwarded-For': '127.0.0.1' },
    { 'X-Forwarded-Port': '8081' },
  ].map((headers): Attack => ({
    name: `/metrics with ${JSON.stringify(headers)}`,
    bytes: head('GET /metrics HTTP/1.1', { Connection: 'close', ...headers }).replace(
      /^Host: parley\r\n(?=.*^Host:)/ms,
      '',
    ),
    allowed: [UNKNOWN],
    forbids: OF_THE_INSIDE,
  })),
];
