import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, portTrouble, runningProcess } from '@app/redis';
import { Launcher } from './launcher.js';
import { readLaunchSettings } from './launch-settings.js';

/** Stands in for gateway and worker: ready at once, and does what FAKE says. */
const FAKE = `
import { createServer } from 'node:http';
const port = Number(process.env[process.argv[1].includes('gateway') ? 'INTERNAL_PORT' : 'WORKER_PORT']);
const is = (what) => process.env.FAKE === what && process.argv[1].includes('gateway');
if (is('refuse')) {
  process.stderr.write('LOG_LEVEL: expected one of debug, info, got "loud"\\n');
  process.exit(78);
}
if (is('crash')) throw new Error('planted');
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
createServer((request, response) => {
  if (request.url === '/die') process.exit(3);
  if (request.url === '/settings') process.exit(78);
  if (request.url === '/warn') console.log(JSON.stringify({ level: 40, msg: 'planted warning', pid: process.pid }));
  response.end(JSON.stringify({ pid: process.pid, redis: process.env.REDIS_URL, robot: process.env.DEMO_AGENT }));
}).listen(port, '127.0.0.1');
console.log(JSON.stringify({ level: 30, msg: 'started' }));
`;

interface FakeState {
  readonly pid: number;
  readonly redis: string;
  readonly robot: string;
}

describe('the launcher', () => {
  let folder: string;
  let env: Record<string, string>;
  let lines: string[];
  let terminal: EventEmitter;
  let stop: AbortController;
  let running: Promise<number> | undefined;

  const launch = (more: Record<string, string> = {}, isDevelopment = false): Launcher => {
    const main = (name: string): string => join(folder, `${name}.mjs`);
    const launcher = new Launcher({
      settings: readLaunchSettings({ ...env, ...more }),
      env: { ...process.env, ...env, ...more },
      mains: { gateway: main('gateway'), worker: main('worker') },
      isDevelopment,
      print: (line) => {
        lines.push(line);
        terminal.emit('line');
      },
      stop: stop.signal,
      hurry: new AbortController().signal,
    });
    running = launcher.run();
    running.catch(() => undefined);
    return launcher;
  };

  /** Waits until the terminal shows it. */
  const shown = async (text: string): Promise<void> => {
    while (!lines.some((line) => line.includes(text))) await once(terminal, 'line');
  };

  const ask = async (path: string, setting = 'INTERNAL_PORT'): Promise<FakeState> =>
    (await (await fetch(`http://127.0.0.1:${env[setting] ?? ''}${path}`)).json()) as FakeState;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley start-'));
    for (const name of ['gateway', 'worker']) writeFileSync(join(folder, `${name}.mjs`), FAKE);
    const [port, internal, worker] = await Promise.all([freePort(), freePort(), freePort()]);
    env = {
      DATA_DIR: join(folder, 'data'),
      PORT: String(port),
      INTERNAL_PORT: String(internal),
      WORKER_PORT: String(worker),
    };
    lines = [];
    terminal = new EventEmitter();
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await running?.catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings everything up, says where it is, and takes everything down', async () => {
    launch();
    await shown('Parley is ready');
    expect(lines.at(-1)).toContain(
      `curl -d _verbose=true http://127.0.0.1:${env['PORT']}/genesys/1/service/request-chat`,
    );
    expect(lines.at(-1)).toContain('fsync: everysec');
    const gateway = await ask('/state');
    expect(gateway).toMatchObject({ redis: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+$/), robot: '1' });
    stop.abort();
    expect(await running).toBe(0);
    expect(runningProcess(gateway.pid)).toBeUndefined();
    expect(await portTrouble(Number(new URL(gateway.redis).port))).toBeUndefined();
    expect(readFileSync(join(folder, 'data/logs/gateway.log'), 'utf8')).toContain('"msg":"started"');
    expect(readFileSync(join(folder, 'data/logs/redis.log'), 'utf8')).toContain('Ready to accept connections');
  });

  it('uses the Redis it is given and leaves the robot off when told so', async () => {
    launch({ REDIS_URL: process.env['TEST_REDIS_URL']!, DEMO_AGENT: '0' });
    await shown('Parley is ready');
    expect(await ask('/state')).toMatchObject({ redis: process.env['TEST_REDIS_URL'], robot: '0' });
    expect(lines.at(-1)).toContain(`REDIS_URL=${process.env['TEST_REDIS_URL']!}`);
    expect(lines.at(-1)).not.toContain('robot');
  });

  it('ends with code 78 when a service refuses its settings, and shows why', async () => {
    launch({ FAKE: 'refuse' });
    expect(await running).toBe(78);
    expect(lines).toEqual(['LOG_LEVEL: expected one of debug, info, got "loud"']);
  });

  it('ends when a service dies before it was ready, and names its log', async () => {
    launch({ FAKE: 'crash' });
    expect(await running).toBe(1);
    expect(lines.join('\n')).toContain('Error: planted');
    expect(lines.at(-1)).toContain('gateway.log');
  });

  it('names the setting of a port that is in use, before any service is started', async () => {
    const squatter = createServer().listen(Number(env['WORKER_PORT']), '127.0.0.1');
    await once(squatter, 'listening');
    launch();
    await expect(running).rejects.toThrow(`WORKER_PORT: port ${env['WORKER_PORT']!} on 127.0.0.1 is in use`);
    squatter.close();
  });

  it('starts a service again that dies later', async () => {
    launch();
    await shown('Parley is ready');
    const first = await ask('/state', 'WORKER_PORT');
    await ask('/die', 'WORKER_PORT').catch(() => undefined);
    await shown('The worker has ended (exit code 3); it is started again in 1 s');
    let second: FakeState | undefined;
    while (second === undefined) second = await ask('/state', 'WORKER_PORT').catch(() => undefined);
    expect(second.pid).not.toBe(first.pid);
  });

  it('ends everything when a service says later that its settings are wrong', async () => {
    launch();
    await shown('Parley is ready');
    await ask('/settings').catch(() => undefined);
    expect(await running).toBe(78);
  });

  it('shows warnings of the services', async () => {
    launch();
    await shown('Parley is ready');
    await ask('/warn');
    await shown('gateway WARN: planted warning');
  });

  it('starts Redis again when it is killed', async () => {
    launch();
    await shown('Parley is ready');
    const { server } = JSON.parse(readFileSync(join(folder, 'data/redis/server.json'), 'utf8')) as {
      server: { pid: number };
    };
    process.kill(server.pid, 'SIGKILL');
    await shown('Redis is back.');
  });

  it('replaces the services after a change while developing, and keeps Redis', async () => {
    const launcher = launch({}, true);
    await shown('Parley is ready');
    const before = await ask('/state');
    await launcher.restartServices();
    const after = await ask('/state');
    expect(after.pid).not.toBe(before.pid);
    expect(after.redis).toBe(before.redis);
    expect(lines.at(-1)).toMatch(/^Restarted in \d+ ms\.$/);
  });

  it('waits for the next change when a service dies while developing', async () => {
    const launcher = launch({}, true);
    await shown('Parley is ready');
    await ask('/die').catch(() => undefined);
    await shown('it is started again at the next change');
    await launcher.restartServices();
    expect((await ask('/state')).pid).toBeGreaterThan(0);
  });
});
