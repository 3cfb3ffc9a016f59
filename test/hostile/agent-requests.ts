import { ApiContract } from '../support/api-contract.js';

/** An operation of the Agent API, as documented. */
export interface AgentOperation {
  readonly method: string;
  /** With `{id}` in it for a chat. */
  readonly path: string;
}

const OF_AGENTS = '/agent/v1/';

/** Every operation that wants an agent's token. */
export const agentOperations: readonly AgentOperation[] = Object.entries(new ApiContract().openapi.paths).flatMap(
  ([path, operations]) =>
    path.startsWith(OF_AGENTS)
      ? ['get', 'post', 'put', 'delete']
          .filter((method) => operations[method] !== undefined)
          .map((method) => ({ method: method.toUpperCase(), path }))
      : [],
);

/** Values of `Authorization` that name nobody. */
export const nobodys: readonly string[] = [
  '',
  'Bearer',
  'Bearer ',
  'Bearer x',
  'Basic a2F0ZTprYXRl',
  'Bearer undefined',
  'Bearer null',
  'Bearer __proto__',
  'Bearer constructor',
  `Bearer ${'x'.repeat(7_000)}`,
  `Bearer ${'a.'.repeat(3_000)}`,
  'Bearer \u001b[31m',
  'Bearer *',
  'Digest username="kate"',
];

/** A body that an agent's command should not have. */
export interface AgentBody {
  readonly name: string;
  readonly path: string;
  readonly body: string | Buffer;
  /** @defaultValue `application/json` */
  readonly type?: string;
  readonly allowed: readonly number[];
  /** What a 200 has said to the customer. */
  readonly text?: string;
}

const wrong = (path: string, body: string | Buffer, name = String(body).slice(0, 40)): AgentBody => ({
  name: `${path} with ${name}`,
  path,
  body,
  allowed: [400, 413, 415],
});

const saying = (text: string): string => JSON.stringify({ text });

/** Commands of an agent who is in the chat. */
export const agentBodies: readonly AgentBody[] = [
  ...[
    '',
    'null',
    '7',
    '"x"',
    '[]',
    '["x"]',
    '{',
    '{"text":}',
    'NaN',
    '{"text":null}',
    '{"text":7}',
    '{"text":[]}',
    '{"text":{}}',
  ].map((body) => wrong('messages', body)),
  ...['""', '"   "', '"\\n"', '"a\\u0000b"', '"a\\u001bb"', '"a\\ud800b"', '"a\\u009bb"'].map((text) =>
    wrong('messages', `{"text":${text}}`),
  ),
  wrong('messages', saying('x'.repeat(4_097)), 'a text that is too long'),
  wrong('messages', saying('x'.repeat(70_000)), 'a text of 70 kB'),
  wrong('messages', '['.repeat(60_000), '60,000 brackets'),
  wrong('messages', `{"text":"x","a":${'['.repeat(30_000)}`, 'brackets that never end'),
  wrong('messages', Buffer.from('{"text":"\xff"}', 'latin1'), 'bytes that are no text'),
  wrong('messages', Buffer.from(saying('x'), 'utf16le'), 'UTF-16'),
  wrong('messages', '{"__proto__":{"text":"x"}}', 'a text of the prototype'),
  { ...wrong('messages', saying('x'), 'a form'), type: 'application/x-www-form-urlencoded' },
  { ...wrong('messages', saying('x'), 'XML'), type: 'text/xml' },
  { ...wrong('messages', saying('x'), 'another JSON'), type: 'application/json+x' },
  {
    name: 'messages with more than it asks for',
    path: 'messages',
    body: '{"text":"x","by":{"agentId":"sam"},"party":"CLIENT","position":1}',
    allowed: [200],
    text: 'x',
  },
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//evil.example',
    'http://',
    'http://a b',
    'x',
    `http://a/${'x'.repeat(3_000)}`,
  ].map((url) => wrong('push-url', JSON.stringify({ url }))),
  ...['{"typing":"yes"}', '{"typing":1}', '{"typing":[]}'].map((body) => wrong('typing', body)),
  ...[
    '{"agentId":7}',
    '{"agentId":"../x"}',
    '{"agentId":"*"}',
    '{"skills":[]}',
    '{"skills":{"x":0}}',
    '{"skills":{"x":1e9}}',
    '{"skills":{"x":"1"}}',
    '{"skills":7}',
  ].map((body) => wrong('transfer', body)),
  wrong(
    'conference',
    JSON.stringify({ skills: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`s${index}`, 1])) }),
    '17 skills',
  ),
  ...['{"code":""}', '{"code":7}', `{"code":"${'x'.repeat(65)}"}`, `{"code":"x","note":"${'x'.repeat(2_001)}"}`].map(
    (body) => wrong('disposition', body),
  ),
  ...['{"token":""}', '{"token":7}', `{"token":"${'x'.repeat(65)}"}`].map((body) => wrong('accept', body)),
  wrong('whisper', saying('\u0000'), 'NUL'),
  wrong('notices', saying(''), 'nothing'),
];

/** Queries of an agent that ask for what there is not. */
export const agentQueries: readonly string[] = [
  'events?limit=0',
  'events?limit=-1',
  'events?limit=1e9',
  'events?limit=501',
  'events?limit=NaN',
  'events?limit=9999999999999999',
  'events?after=x',
  'events?after=-1-0',
  'events?after=1',
  'events?after=1-0-0',
  'events?after=%2b',
  'events?after=$',
  'events?after=9999999999999999-0',
  `events?after=${'9'.repeat(5_000)}-0`,
  '?at=x',
  '?at=1e3-0',
  '?at=0-0%0a',
];
