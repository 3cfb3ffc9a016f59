import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startEmbeddedRedis, type EmbeddedRedis } from './embedded-redis.js';
import { portTrouble } from './free-port.js';
import { isRunning, runningProcess } from './running-process.js';

describe('the embedded Redis of a data folder', () => {
  let dataDir: string;
  const started: EmbeddedRedis[] = [];

  const start = async (lines: string[] = []): Promise<EmbeddedRedis> => {
    const redis = await startEmbeddedRedis({ dataDir, report: (line) => lines.push(line) });
    started.push(redis);
    return redis;
  };

  const ask = async <Answer>(redis: EmbeddedRedis, question: (client: Redis) => Promise<Answer>): Promise<Answer> => {
    const client = new Redis(redis.url);
    try {
      return await question(client);
    } finally {
      client.disconnect();
    }
  };

  beforeEach(() => {
    // A space, since folders have them.
    dataDir = mkdtempSync(join(tmpdir(), 'parley data-'));
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((redis) => redis.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps keys and port over a restart', async () => {
    const first = await start();
    await ask(first, (client) => client.set('chat', 'kept'));
    await first.stop();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await ask(second, (client) => client.get('chat'))).toBe('kept');
  });

  it('keeps keys over a kill of the server, on the same port', async () => {
    const redis = await start();
    const { port } = redis.current();
    await ask(redis, (client) => client.set('chat', 'kept'));
    redis.current().signal('SIGKILL');
    await redis.current().exited;
    await redis.restart();
    expect(redis.current().port).toBe(port);
    expect(await ask(redis, (client) => client.get('chat'))).toBe('kept');
  });

  it('writes every command to its file, keeps short streams small and never evicts', async () => {
    const redis = await start();
    const setting = async (name: string): Promise<unknown> =>
      ((await ask(redis, (client) => client.config('GET', name))) as string[])[1];
    expect(await setting('appendonly')).toBe('yes');
    expect(await setting('appendfsync')).toBe('everysec');
    expect(await setting('save')).toBe('');
    expect(await setting('maxmemory-policy')).toBe('noeviction');
    expect(await setting('stream-node-max-bytes')).toBe('2048');
    expect(await setting('bind')).toBe('127.0.0.1');
    expect(await setting('dir')).toBe(join(dataDir, 'redis'));
  });

  it('refuses a second start on the same folder and leaves the first one alone', async () => {
    const redis = await start();
    await expect(start()).rejects.toThrow(`DATA_DIR: Parley runs already on ${dataDir} (process ${process.pid})`);
    expect(await ask(redis, (client) => client.ping())).toBe('PONG');
  });

  it('moves to another port when the remembered one was taken meanwhile', async () => {
    const first = await start();
    const { port } = first.current();
    await first.stop();
    // A program that takes connections and never answers.
    const squatter = createServer((socket) => socket.resume()).listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const second = await start();
    expect(second.current().port).not.toBe(port);
    squatter.close();
    await once(squatter, 'close');
  });

  it('is not troubled by notes of a process that is long gone', async () => {
    const first = await start();
    await first.stop();
    const gone = { pid: process.pid, began: '1' };
    writeFileSync(join(dataDir, 'parley.lock'), JSON.stringify(gone));
    writeFileSync(join(dataDir, 'redis', 'server.json'), JSON.stringify({ port: first.current().port, server: gone }));
    const second = await start();
    expect(second.wasAbandoned).toBe(true);
    expect(second.url).toBe(first.url);
  });

  it.each([
    ['by its number', (notes: { port: number }) => notes],
    ['by its port and folder when its number was not written', ({ port }: { port: number }) => ({ port })],
  ])('ends the server that a killed start left behind, found %s', async (_, keep) => {
    const abandoned = await start();
    await ask(abandoned, (client) => client.set('chat', 'kept'));
    const orphan = runningProcess(abandoned.current().pid)!;
    writeFileSync(join(dataDir, 'parley.lock'), JSON.stringify({ pid: process.pid, began: '1' }));
    const notes = join(dataDir, 'redis', 'server.json');
    writeFileSync(notes, JSON.stringify(keep(JSON.parse(readFileSync(notes, 'utf8')))));
    const lines: string[] = [];
    const next = await start(lines);
    expect(lines).toEqual([expect.stringContaining(`process ${orphan.pid}`)]);
    expect(isRunning(orphan)).toBe(false);
    expect(next.url).toBe(abandoned.url);
    expect(await ask(next, (client) => client.get('chat'))).toBe('kept');
  });

  it('ends a frozen server that a killed start left behind', async () => {
    const abandoned = await start();
    writeFileSync(join(dataDir, 'parley.lock'), JSON.stringify({ pid: process.pid, began: '1' }));
    abandoned.current().signal('SIGSTOP');
    const next = await start();
    expect(await ask(next, (client) => client.ping())).toBe('PONG');
  });

  it('frees its port when it is stopped', async () => {
    const redis = await start();
    await redis.stop();
    expect(await portTrouble(redis.current().port)).toBeUndefined();
  });
});
