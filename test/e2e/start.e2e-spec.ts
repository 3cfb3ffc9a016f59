import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { portTrouble } from '@app/redis';
import { freePorts } from '../support/ports.js';

const root = join(import.meta.dirname, '..', '..');

/** One `npm start` with a terminal of its own. */
class Start {
  readonly begunAtMs = performance.now();
  private text = '';
  private hasEnded = false;
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(env: Readonly<Record<string, string>>) {
    const inherited = { ...process.env };
    // What jest needs is nothing to the product, and a Redis of this shell must not be used by accident.
    for (const name of ['NODE_OPTIONS', 'REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES']) {
      Reflect.deleteProperty(inherited, name);
    }
    this.child = spawn('npm', ['start'], {
      cwd: root,
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const output of [this.child.stdout, this.child.stderr]) {
      output?.setEncoding('utf8').on('data', (part: string) => {
        this.text += part;
        this.child.emit('text');
      });
    }
    this.exited = once(this.child, 'close').then(([code]) => {
      this.hasEnded = true;
      this.child.emit('text');
      return code as number | null;
    });
  }

  get output(): string {
    return this.text;
  }

  /** Waits until the terminal shows it. */
  async shows(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      if (this.hasEnded) throw new Error(`npm start ended without showing "${text}"; it showed:\n${this.text}`);
      await once(this.child, 'text');
    }
  }

  /** What a supervisor does: it knows npm only. */
  terminate(): void {
    this.child.kill('SIGTERM');
  }

  /** What a terminal does on Ctrl-C: every process of the foreground group gets the signal, npm included. */
  ctrlC(): void {
    if (this.child.pid !== undefined && !this.hasEnded) process.kill(-this.child.pid, 'SIGINT');
  }
}

describe('npm start', () => {
  let folder: string;
  let dataDir: string;
  let env: Record<string, string>;
  const starts: Start[] = [];

  const start = (more: Readonly<Record<string, string>> = {}): Start => {
    const started = new Start({ ...env, ...more });
    starts.push(started);
    return started;
  };

  const launcherPid = (): number => (notes('parley.lock') as { pid: number }).pid;
  const redisPort = (): number => (notes('redis', 'server.json') as { port: number }).port;
  const notes = (...path: string[]): unknown => JSON.parse(readFileSync(join(dataDir, ...path), 'utf8'));

  const askRedis = async <Answer>(question: (client: Redis) => Promise<Answer>): Promise<Answer> => {
    const client = new Redis(redisPort());
    try {
      return await question(client);
    } finally {
      client.disconnect();
    }
  };

  /** Command lines of processes that were started for this data folder; where there is no /proc, ports must do. */
  const leftovers = (): readonly string[] => {
    if (process.platform !== 'linux') return [];
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const isOurs = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`DATA_DIR=${dataDir}\0`);
          return isOurs ? [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`] : [];
        } catch {
          return [];
        }
      });
  };

  const usedPorts = async (): Promise<readonly string[]> => {
    const ports = [env['PORT'], env['INTERNAL_PORT'], env['WORKER_PORT'], String(redisPort())];
    const troubles = await Promise.all(ports.map((port) => portTrouble(Number(port))));
    return ports.filter((_, index) => troubles[index] !== undefined).map(String);
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'parley npm start-'));
    dataDir = join(folder, 'data');
    const [port, internal, worker] = await freePorts(3);
    env = { DATA_DIR: dataDir, PORT: String(port), INTERNAL_PORT: String(internal), WORKER_PORT: String(worker) };
  });

  afterEach(async () => {
    for (const started of starts.splice(0)) {
      started.ctrlC();
      await started.exited;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('says where everything is, and Ctrl-C ends all of it with code 0', async () => {
    const started = start();
    await started.shows('Stop: Ctrl-C');
    expect(started.output).toContain(`http://127.0.0.1:${env['INTERNAL_PORT']}`);
    expect(started.output).toContain('fsync: everysec');
    expect(started.output).toContain(
      `curl -d _verbose=true http://127.0.0.1:${env['PORT']}/genesys/1/service/request-chat`,
    );
    expect(readdirSync(join(dataDir, 'logs')).sort()).toEqual(['gateway.log', 'redis.log', 'worker.log']);
    started.ctrlC();
    expect(await started.exited).toBe(0);
    expect(leftovers()).toEqual([]);
    expect(await usedPorts()).toEqual([]);
  });

  it('keeps what was stored for a second start, which installs and builds nothing', async () => {
    const first = start();
    await first.shows('Parley is ready');
    await askRedis((client) => client.set('chat', 'kept'));
    first.ctrlC();
    await first.exited;
    const second = start();
    await second.shows('Parley is ready');
    // A second and a half where nothing else runs.
    expect(performance.now() - second.begunAtMs).toBeLessThan(10_000);
    expect(second.output).not.toMatch(/Installing|Built/);
    expect(await askRedis((client) => client.get('chat'))).toBe('kept');
    second.ctrlC();
    expect(await second.exited).toBe(0);
  });

  it('ends in an orderly way when the terminal is closed', async () => {
    const started = start();
    await started.shows('Parley is ready');
    process.kill(launcherPid(), 'SIGHUP');
    await started.exited;
    expect(leftovers()).toEqual([]);
  });

  it('ends in an orderly way when only npm is told to', async () => {
    const started = start();
    await started.shows('Parley is ready');
    started.terminate();
    await started.shows('Stopping …');
    await started.exited;
    expect(leftovers()).toEqual([]);
  });

  it('recovers from a launcher that was killed', async () => {
    const first = start();
    await first.shows('Parley is ready');
    await askRedis((client) => client.set('chat', 'kept'));
    process.kill(launcherPid(), 'SIGKILL');
    const second = start();
    await second.shows('Parley is ready');
    expect(second.output).toContain('Ending the Redis that an earlier start left behind');
    expect(await askRedis((client) => client.get('chat'))).toBe('kept');
    second.ctrlC();
    expect(await second.exited).toBe(0);
    expect(leftovers()).toEqual([]);
  });

  it('refuses a second start on the same data folder with code 78', async () => {
    const first = start();
    await first.shows('Parley is ready');
    const [port, internal, worker] = await freePorts(3);
    const second = start({ PORT: String(port), INTERNAL_PORT: String(internal), WORKER_PORT: String(worker) });
    expect(await second.exited).toBe(78);
    expect(second.output).toContain(`DATA_DIR: Parley runs already on ${dataDir}`);
    expect(await askRedis((client) => client.ping())).toBe('PONG');
  });

  it.each([
    ['PORT', 'eighty'],
    ['LOG_LEVEL', 'loud'],
  ])('ends with code 78 and names %s when its value is wrong', async (name, value) => {
    const started = start({ [name]: value });
    expect(await started.exited).toBe(78);
    expect(started.output).toMatch(new RegExp(`^${name}: expected .*${value}`, 'm'));
    expect(leftovers()).toEqual([]);
  });
});
