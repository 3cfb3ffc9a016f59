import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { basename, dirname, join } from 'node:path';
import { HttpClient, waitFor } from './http.js';
import { freePorts } from './ports.js';
import { redisReaper } from './redis-reaper.js';
import { startRedis, type TestRedis } from './redis-server.js';
import { sharedRedis, sharedTopology, topologyEnv } from './test-topology.js';

export interface StackOptions {
  /** @defaultValue 1 */
  readonly gateways?: number;
  /** @defaultValue 1 */
  readonly workers?: number;
  /** Settings of every process; they win over those of the harness. */
  readonly env?: Readonly<Record<string, string>>;
  /** A Redis that the caller owns, see `topologyOf`; without it the stack starts and ends one of its own. */
  readonly redisUrl?: string;
  /** How far every process must have come before the stack counts as started: `alive` where Redis is down on purpose. */
  readonly until?: 'ready' | 'alive';
}

/** A built process of the product, as it runs in production. */
export interface StackProcess {
  /** Of its health listener: `/healthz`, `/readyz`, `/metrics`. */
  readonly internalUrl: string;
  readonly pid: number;
  /** All that it has written so far. */
  readonly logs: () => string;
  /** Ends it in an orderly way, by force after ten seconds; resolves with its exit code, null after a signal. */
  readonly stop: () => Promise<number | null>;
  /** Sends a signal (SIGKILL by default) and resolves when it has ended by it. */
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>;
}

export interface StackGateway extends StackProcess {
  /** Of its public listener. */
  readonly url: string;
}

export interface Stack {
  /** The Redis that the stack started; undefined when the caller brought one. */
  readonly redis: TestRedis | undefined;
  readonly gateways: readonly StackGateway[];
  readonly workers: readonly StackProcess[];
  /** Starts a gateway that has ended again, where it was. */
  readonly restartGateway: (index: number) => Promise<StackGateway>;
  /** The same of a worker. */
  readonly restartWorker: (index: number) => Promise<StackProcess>;
  readonly stop: () => Promise<void>;
}

const PARENT = join(import.meta.dirname, '..', '..');
/** What is started is always the built code, whether this file runs as source or built. */
const DIST = basename(PARENT) === 'dist' ? PARENT : join(PARENT, 'dist');
const ROOT = dirname(DIST);
/** A start under load of a whole test run may take long; a failure to start is seen at once, by its exit. */
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

/** What a process needs of the environment; the rest (options of the test runner among it) is none of its business. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG'];

const inheritedEnv = (): Record<string, string> =>
  Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Starts a built entry point; its end is seen to even when the test process dies. */
const launch = async (
  script: string,
  env: Readonly<Record<string, string>>,
  internalUrl: string,
  probe: string,
): Promise<StackProcess> => {
  const child = spawn(process.execPath, [join(DIST, script)], {
    cwd: ROOT,
    env: { ...inheritedEnv(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (part: string) => output.push(part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => output.push(part));
  const logs = (): string => output.join('');
  const exited = once(child, 'exit');
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} could not be spawned`);
  redisReaper().watch(pid);
  void exited.then(() => {
    redisReaper().release(pid);
  });

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (hasEnded(child)) return;
    child.kill(signal);
    await exited;
  };
  const stop = async (): Promise<number | null> => {
    if (!hasEnded(child)) {
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(force);
    }
    return child.exitCode;
  };

  const health = new HttpClient(internalUrl);
  try {
    await waitFor(
      `${script} to answer ${probe}`,
      async () => {
        if (hasEnded(child)) throw new Error(`${script} ended with ${child.exitCode ?? child.signalCode}:\n${logs()}`);
        const reply = await health.get(probe).catch(() => undefined);
        return reply?.status === 200;
      },
      START_LIMIT_MS,
    );
  } catch (error) {
    await kill();
    throw new Error(`${(error as Error).message}\n${logs()}`, { cause: error });
  } finally {
    health.close();
  }
  return { internalUrl, pid, logs, stop, kill };
};

const ownRedis = async (): Promise<TestRedis> => {
  const shared = sharedTopology();
  return shared === undefined ? startRedis() : sharedRedis(shared);
};

/** Starts gateways and workers, as built, on free ports of 127.0.0.1, with a robot agent unless `DEMO_AGENT` says 0. */
export const startStack = async (options: StackOptions = {}): Promise<Stack> => {
  const { gateways: gatewayCount = 1, workers: workerCount = 1, until = 'ready' } = options;
  const redis = options.redisUrl === undefined ? await ownRedis() : undefined;
  const ports = await freePorts(2 * gatewayCount + workerCount);
  const port = (index: number): string => String(ports[index]);
  const shared = {
    HOST: '127.0.0.1',
    ...topologyEnv(options.redisUrl ?? redis?.url ?? ''),
    KEY_PREFIX: `t${randomBytes(6).toString('hex')}:`,
    DEMO_AGENT: '1',
    LOG_LEVEL: 'info',
    ...options.env,
  };
  const probe = until === 'ready' ? '/readyz' : '/healthz';

  const startGateway = async (index: number): Promise<StackGateway> => {
    const [publicPort, internalPort] = [port(2 * index), port(2 * index + 1)];
    const env = { ...shared, PORT: publicPort, INTERNAL_PORT: internalPort };
    const running = await launch('apps/gateway/src/main.js', env, `http://127.0.0.1:${internalPort}`, probe);
    return { ...running, url: `http://127.0.0.1:${publicPort}` };
  };
  const startWorker = (index: number): Promise<StackProcess> => {
    const workerPort = port(2 * gatewayCount + index);
    const env = { ...shared, WORKER_PORT: workerPort };
    return launch('apps/worker/src/main.js', env, `http://127.0.0.1:${workerPort}`, probe);
  };

  const gateways = Array.from({ length: gatewayCount }, (_, index) => startGateway(index));
  const workers = Array.from({ length: workerCount }, (_, index) => startWorker(index));
  const restarted: Promise<StackProcess>[] = [];
  const restartGateway = (index: number): Promise<StackGateway> => {
    const gateway = startGateway(index);
    restarted.push(gateway);
    return gateway;
  };
  const restartWorker = (index: number): Promise<StackProcess> => {
    const worker = startWorker(index);
    restarted.push(worker);
    return worker;
  };
  const stop = async (): Promise<void> => {
    // What did not start has ended already.
    await Promise.allSettled([...gateways, ...restarted, ...workers].map(async (running) => (await running).stop()));
    await redis?.stop();
  };
  try {
    const [startedGateways, startedWorkers] = await Promise.all([Promise.all(gateways), Promise.all(workers)]);
    return { redis, gateways: startedGateways, workers: startedWorkers, restartGateway, restartWorker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
