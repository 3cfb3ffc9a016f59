import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntry, verifyChain } from '@app/event-store';
import { Redis } from 'ioredis';
import { chatBody, chatPath, expectStatus, readFrom, SERVICE, textsOf } from '../conformance/customer.js';
import { HttpClient, waitFor } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { type Stack, startStack } from '../support/stack.js';

/** A stream as some version of Parley left it. */
interface StoredStream {
  readonly what: string;
  readonly id: string;
  readonly user?: string;
  /** Without the prefix. */
  readonly key: string;
  readonly entries: readonly (readonly [id: string, value: string])[];
  readonly meta: Readonly<Record<string, string>>;
  /** What that version answered to a refresh from the beginning. */
  readonly reply?: string;
}

const FIXTURES = join(import.meta.dirname, '../fixtures/stored');
const STREAMS = readdirSync(FIXTURES)
  .filter((file) => file.endsWith('.json'))
  .flatMap((file) => {
    const { streams } = JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')) as { streams: StoredStream[] };
    return streams.map((stream) => ({ ...stream, name: `${stream.what}, as in ${file}` }));
  });
const CHATS = STREAMS.filter(({ reply }) => reply !== undefined);
const PREFIX = 'old';

/** Puts a stream where it stood; without its checkpoint every event is read. */
const restore = async (redis: Redis, { key, entries, meta }: StoredStream, hasCheckpoint: boolean): Promise<void> => {
  const { k: _, K: __, ...rest } = meta;
  const kept = hasCheckpoint ? meta : rest;
  for (const [id, value] of entries) await redis.xadd(`${PREFIX}:${key}`, id, 'e', value);
  if (Object.keys(kept).length > 0) await redis.hset(`${PREFIX}:${key.replace('s:', 'm:')}`, kept);
};
const headersOf = ({ user }: StoredStream): Record<string, string> => (user === undefined ? {} : { gms_user: user });
const keyOf = async (redis: Redis, id: string): Promise<string> => (await redis.keys(`${PREFIX}:{p*s:${id}`))[0] ?? '';

describe('events of older versions', () => {
  it.each(STREAMS)('have a sound hash chain: $name', ({ entries }) => {
    expect(verifyChain(entries.map(([id, value]) => readEntry(id, value)))).toBeUndefined();
  });
});

describe.each([
  ['with their checkpoints', true],
  ['without checkpoints', false],
])('events of older versions, %s', (_, hasCheckpoint) => {
  let server: TestRedis;
  let redis: Redis;
  let stack: Stack;
  let client: HttpClient;

  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
    for (const stream of STREAMS) await restore(redis, stream, hasCheckpoint);
    const env = { KEY_PREFIX: PREFIX, DEMO_AGENT: '0' };
    stack = await startStack({ workers: 0, redisUrl: server.url, env });
    client = new HttpClient(stack.gateways[0]!.url);
  }, 60_000);

  afterAll(async () => {
    client.close();
    redis.disconnect();
    await stack.stop();
    await server.stop();
  });

  it.each(CHATS.map((chat) => [chat.name, chat] as const))('are replayed byte by byte: %s', async (__, chat) => {
    const options = { form: { transcriptPosition: '1' }, headers: headersOf(chat) };
    expect((await client.post(chatPath(chat.id, 'refresh'), options)).text).toBe(chat.reply);
  });

  it.each(CHATS.filter(({ what }) => !what.includes('over')).map((chat) => [chat.name, chat] as const))(
    'are gone on with: %s',
    async (__, chat) => {
      const options = { form: { message: 'still there?' }, headers: headersOf(chat) };
      const { transcriptPosition } = chatBody(await client.post(chatPath(chat.id, 'send'), options));
      const before = Number(chat.entries.at(-1)?.[0].split('-')[0]);
      expect(Number(transcriptPosition)).toBe(before + 1);
      const entries = await redis.xrange(`${PREFIX}:${chat.key}`, '-', '+');
      expect(entries).toHaveLength(chat.entries.length + 1);
      expect(verifyChain(entries.map(([id, fields]) => readEntry(id, fields[1] ?? '')))).toBeUndefined();
    },
  );
});

/** What a version after this one may write: a new field, a new type that nobody sees, and one that customers see. */
const newer = (commandId: string): readonly (readonly [line: string, body: string])[] => [
  ['', `{"v":1,"t":"MoodGuessed","at":1,"c":"${commandId}1","a":"s","d":{"mood":"fine"}}`],
  [
    '["Message.Card","Kate","{\\"title\\":\\"A card\\"}","5","AGENT"]',
    `{"v":1,"t":"CardSent","at":1,"c":"${commandId}2","a":"c","p":"kate","z":{"new":true}}`,
  ],
];

describe('events of a newer version, while versions change', () => {
  let stack: Stack;
  let client: HttpClient;
  let redis: Redis;

  beforeAll(async () => {
    stack = await startStack({ env: { KEY_PREFIX: PREFIX, DEMO_AGENT: '0' } });
    client = new HttpClient(stack.gateways[0]!.url);
    redis = new Redis(stack.redis!.url);
  }, 60_000);

  afterAll(async () => {
    client.close();
    redis.disconnect();
    await stack.stop();
  });

  /** Where the next event of a stream stands: one that nobody sees, and one that customers see. */
  const nextOf = async (key: string): Promise<readonly [hidden: string, shown: string]> => {
    const [last] = await redis.xrevrange(key, '+', '-', 'COUNT', 1);
    const [position = 0, n = 0] = (last?.[0] ?? '').split('-').map(Number);
    return [`${position}-${n + 1}`, `${position + 1}-0`];
  };

  it('are shown as they are, and the chat goes on', async () => {
    const headers = { gms_user: 'ann' };
    const service = expectStatus(await client.post(`${SERVICE}/request-chat`, { headers }), 200).json();
    const { _id: id } = service as { _id: string };
    chatBody(await client.post(chatPath(id), { form: { firstName: 'Ann' }, headers }));
    const key = await keyOf(redis, id);
    const [hidden, shown] = newer('next-');
    const hash = 'of-a-newer-version-abc';
    const [hiddenId, shownId] = await nextOf(key);
    await redis.xadd(key, hiddenId, 'e', `${hidden!.join('\n')}\n${hash}\n`);
    await redis.xadd(key, shownId, 'e', `${shown!.join('\n')}\n${hash}\n`);
    const chat = { id, sessionId: '' };
    const sent = await client.post(chatPath(id, 'send'), { form: { message: 'hello' }, headers });
    expect(Number(chatBody(sent).transcriptPosition)).toBe(3);
    const { events } = await readFrom(client, chat, 1);
    expect(events.map(([type]) => type)).toEqual(['Message.Card', 'Message.Text']);
    expect(textsOf(events)).toEqual(['hello']);
  });

  it('of which a version is not known are left to those who know it: 503, and nothing is buried', async () => {
    const { _id: id } = expectStatus(await client.post(`${SERVICE}/request-chat`), 200).json() as { _id: string };
    chatBody(await client.post(chatPath(id)));
    const key = await keyOf(redis, id);
    const [nextId] = await nextOf(key);
    await redis.xadd(key, nextId, 'e', '\n{"v":2,"t":"ChatStarted","at":1,"c":"x","a":"s","d":{}}\nhash\n');
    const reply = await client.post(chatPath(id, 'send'), { form: { message: 'hello' } });
    expect([reply.status, reply.headers['retry-after'], reply.text]).toEqual([503, '5', '']);
    const partition = /\{p\d+\}/.exec(key)?.[0] ?? '';
    await redis.xadd(`${PREFIX}:${partition}:feed`, '*', 's', id, 'e', nextId);
    await redis.spublish(`${PREFIX}:${partition}:feed`, '');
    const worker = stack.workers[0]!;
    await waitFor('the worker to have met it', () => Promise.resolve(worker.logs().includes('SCHEMA_TOO_NEW')));
    expect(await redis.exists(`${PREFIX}:${partition}:dead`)).toBe(0);
  });
});
