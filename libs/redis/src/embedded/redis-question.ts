import { Redis } from 'ioredis';

/** What a Redis server says of itself. */
export interface RedisIdentity {
  readonly pid: number;
  /** Where its data is: an absolute path with links resolved. */
  readonly dir: string;
}

/** How long a server on this machine may take to answer, in milliseconds: longer means frozen. */
const ANSWER_MS = 1_000;

/** Whether the server on that port of 127.0.0.1 answers: it serves, it still loads its data, or it is not there. */
export const redisState = async (port: number): Promise<'serving' | 'loading' | 'silent'> => {
  try {
    await ask(port, (redis) => redis.ping());
    return 'serving';
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.startsWith('NOAUTH')) return 'serving';
    return message.startsWith('LOADING') ? 'loading' : 'silent';
  }
};

/** Who listens on that port, or undefined when it is no Redis that talks to us. */
export const redisIdentity = async (port: number): Promise<RedisIdentity | undefined> => {
  try {
    return await ask(port, async (redis) => {
      const dir = (await redis.config('GET', 'dir')) as string[];
      const info = await redis.info('server');
      const pid = /^process_id:(\d+)/m.exec(info)?.[1];
      return pid === undefined || dir[1] === undefined ? undefined : { pid: Number(pid), dir: dir[1] };
    });
  } catch {
    return undefined;
  }
};

const ask = async <Answer>(port: number, question: (redis: Redis) => Promise<Answer>): Promise<Answer> => {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    disableClientInfo: true,
  });
  // The rejection of connect() says the same.
  redis.on('error', () => undefined);
  // A client that could not connect has ended by itself; to disconnect it would only leave a timer behind.
  await redis.connect();
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
};
