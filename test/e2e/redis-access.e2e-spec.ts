import { Redis } from 'ioredis';
import { startCometChat } from '../conformance/cometd-stack.js';
import { CometdSession, textsPushed } from '../conformance/cometd-session.js';
import { chatBody, chatPath } from '../conformance/customer.js';
import { HttpClient, waitFor } from '../support/http.js';
import { leastRights } from '../support/least-rights.js';
import { startRedisCluster } from '../support/redis-cluster.js';
import { startRedisSentinel } from '../support/redis-sentinel.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { makeAuthority, type TestAuthority, tlsArgs } from '../support/redis-tls.js';
import { type Stack, startStack } from '../support/stack.js';

const PASSWORD = 'a-long-one';

let authority: TestAuthority;
let redis: TestRedis | undefined;
let admin: Redis | undefined;
let stack: Stack | undefined;

beforeAll(async () => {
  authority = await makeAuthority();
});

afterEach(async () => {
  await stack?.stop();
  admin?.disconnect();
  await redis?.stop();
  [stack, admin, redis] = [undefined, undefined, undefined];
}, 60_000);

/** A Redis that speaks TLS and knows the user of docs/redis.md. */
const start = async (asksClients = false): Promise<{ readonly redisUrl: string; readonly port: number }> => {
  const { port, args } = await tlsArgs(authority, { asksClients });
  redis = await startRedis({ args });
  admin = new Redis(redis.url);
  const rights = leastRights().map((word) => (word.startsWith('>') ? `>${PASSWORD}` : word));
  await admin.call('ACL', 'SETUSER', 'parley', ...rights);
  return { redisUrl: `rediss://parley:${PASSWORD}@127.0.0.1:${port}`, port };
};

/** A customer by CometD, and the robot agent that a worker lets in. */
const chatGoesOn = async ({ gateways: [gateway] }: Stack): Promise<void> => {
  const client = new HttpClient(gateway?.url ?? '');
  try {
    const session = await CometdSession.subscribed(client, 'ann');
    const chat = await startCometChat(client, 'ann');
    chatBody(
      await client.post(chatPath(chat.id, 'send'), { form: { message: 'hello' }, headers: { gms_user: 'ann' } }),
    );
    // It comes from the worker, by way of feed and wake-ups.
    await session.until(
      'the echo of the robot',
      (pushed) => textsPushed(pushed).filter((text) => text.includes('hello')).length > 1,
    );
  } finally {
    client.close();
  }
};

const aliveButNotReady = async (env: Readonly<Record<string, string>>, redisUrl: string): Promise<string> => {
  stack = await startStack({ workers: 0, redisUrl, until: 'alive', env });
  const [gateway] = stack.gateways;
  const line = await waitFor('a line that says why', () =>
    gateway!
      .logs()
      .split('\n')
      .find((each) => each.includes('no connection to Redis')),
  );
  const health = new HttpClient(gateway!.internalUrl);
  expect((await health.get('/readyz')).status).toBe(503);
  health.close();
  return line;
};

describe('the documented user with the least rights, over TLS', () => {
  it('is enough for the whole product, which asks for nothing else', async () => {
    const { redisUrl } = await start();
    stack = await startStack({ redisUrl, env: { KEY_PREFIX: 'parley', REDIS_TLS_CA: authority.ca } });
    await chatGoesOn(stack);
    const denied = (await admin!.call('ACL', 'LOG')) as readonly (readonly unknown[])[];
    const subjects = denied.map((entry) => String(entry[entry.indexOf('object') + 1]));
    // The client names its library where Redis knows how to note it; and what is told of durability is optional.
    expect(subjects.filter((subject) => !/^(client\|setinfo|config\|get)$/i.test(subject))).toEqual([]);
  }, 60_000);

  const denied: readonly (readonly [string, ...string[]])[] = [
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['SCAN', '0'],
    ['RANDOMKEY'],
    ['CONFIG', 'GET', 'requirepass'],
    ['CONFIG', 'SET', 'appendonly', 'no'],
    ['ACL', 'LIST'],
    ['CLIENT', 'LIST'],
    ['DEBUG', 'SLEEP', '0'],
    ['SHUTDOWN', 'NOSAVE'],
    ['REPLICAOF', 'NO', 'ONE'],
    ['SCRIPT', 'FLUSH'],
    ['FUNCTION', 'FLUSH'],
    ['MONITOR'],
    ['SWAPDB', '0', '1'],
    ['GET', 'another:key'],
    ['SET', 'another:key', '1'],
    ['EVAL', "return redis.call('GET', 'another:key')", '0'],
    ['SPUBLISH', 'another:channel', '1'],
    ['SSUBSCRIBE', 'another:channel'],
    ['PUBLISH', 'parley:channel', '1'],
    ['RENAME', 'parley:{p0}:key', 'another:key'],
  ];
  it.each(denied.map((words) => [words.join(' '), words] as const))('may not %s', async (_, [command, ...args]) => {
    const { redisUrl } = await start();
    const user = new Redis(redisUrl.replace(/^rediss:/, 'redis:').replace(/:\d+$/, `:${redis!.port}`), {
      retryStrategy: () => null,
    });
    user.on('error', () => undefined);
    await expect(user.call(command, ...args)).rejects.toThrow(/NOPERM|permission|can't access/i);
    user.disconnect();
  });
});

describe('TLS', () => {
  const own = (): Readonly<Record<string, string>> => ({ REDIS_TLS: '1', REDIS_TLS_CA: authority.ca });
  const listOf = (ports: readonly number[]): string => ports.map((port) => `127.0.0.1:${port}`).join(',');

  it('is spoken to Sentinels and to the master that they name', async () => {
    const lab = await startRedisSentinel({ tls: authority, replicas: 1 });
    try {
      stack = await startStack({ redisUrl: `redis-sentinel://${listOf(lab.tlsPorts)}/${lab.name}`, env: own() });
      await chatGoesOn(stack);
    } finally {
      await stack?.stop();
      await lab.stop();
    }
  }, 60_000);

  it('is spoken to every node of a Cluster', async () => {
    const cluster = await startRedisCluster({ tls: authority, replicas: 0 });
    try {
      stack = await startStack({ redisUrl: `redis-cluster://${listOf(cluster.tlsPorts)}`, env: own() });
      await chatGoesOn(stack);
    } finally {
      await stack?.stop();
      await cluster.stop();
    }
  }, 60_000);
});

describe('certificates of Redis', () => {
  it('of an unknown authority are refused, and a line says which settings matter', async () => {
    const { redisUrl } = await start();
    const { ca } = await makeAuthority();
    const line = await aliveButNotReady({ REDIS_TLS_CA: ca }, redisUrl);
    expect(line).toMatch(/certificate|unable to verify|self-signed/);
    expect(line).toContain('REDIS_TLS_CA');
    expect(line).not.toContain(PASSWORD);
  }, 60_000);

  it('for another name are refused, unless that name is the one expected', async () => {
    const named = await makeAuthority('subjectAltName=DNS:redis.test');
    const { port, args } = await tlsArgs(named);
    redis = await startRedis({ args });
    const redisUrl = `rediss://127.0.0.1:${port}`;
    const line = await aliveButNotReady({ REDIS_TLS_CA: named.ca }, redisUrl);
    expect(line).toContain('REDIS_TLS_SERVERNAME');
    await stack?.stop();
    stack = await startStack({ redisUrl, env: { REDIS_TLS_CA: named.ca, REDIS_TLS_SERVERNAME: 'redis.test' } });
    await chatGoesOn(stack);
  }, 90_000);

  it('are answered with our own where Redis asks for one', async () => {
    const { redisUrl } = await start(true);
    const env = { KEY_PREFIX: 'parley', REDIS_TLS_CA: authority.ca };
    await aliveButNotReady(env, redisUrl);
    await stack?.stop();
    const own = { REDIS_TLS_CERT: authority.cert, REDIS_TLS_KEY: authority.key };
    stack = await startStack({ workers: 0, redisUrl, env: { ...env, ...own } });
  }, 60_000);

  it('whose file cannot be read end the start, and say so', async () => {
    const starting = startStack({
      workers: 0,
      redisUrl: 'rediss://127.0.0.1:1',
      until: 'alive',
      env: { REDIS_TLS_CA: '/nowhere' },
    });
    await expect(starting).rejects.toThrow(/ended with 78[\s\S]*REDIS_TLS_CA: expected the path of a readable file/);
  }, 60_000);
});
