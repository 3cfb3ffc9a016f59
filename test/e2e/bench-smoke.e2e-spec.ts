import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
/** Each starts several servers one after the other, on a machine that may be busy. */
const LIMIT_MS = 120_000;

/** Runs a benchmark in its shortest form and gives back what it prints. */
const bench = async (name: string): Promise<string> => {
  // Options of the test runner are none of the servers' business.
  const env = { ...process.env, NODE_OPTIONS: '', QUICK: '1' };
  const script = join(ROOT, 'scripts', 'bench.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, name], {
    cwd: ROOT,
    env,
  });
  return stdout;
};

// What they measure depends on the machine and on what else it does: nothing is asked of the figures here.
describe('benchmarks', () => {
  it(
    'bench:write compares the gateway with the bare server, runs two gateways and takes the layers apart',
    async () => {
      const printed = await bench('write');
      expect(printed).toMatch(/^write, server \+ Redis: \d+\.\d\d × bare \(/m);
      expect(printed).toMatch(/^\| round trips to Redis +\| +\d+\.\d\d \|$/m);
      expect(printed).toMatch(/^\| appends that came after another writer’s \| +\d+\.\d+ % \|$/m);
      expect(printed).toMatch(/^\| \+ Nest +\| +-?\d/m);
      expect(printed).toMatch(/^\| = server \+ Redis +\| +\d/m);
    },
    LIMIT_MS,
  );

  it(
    'bench:replay compares a cold and a warm gateway with a bare range read',
    async () => {
      const printed = await bench('replay');
      expect(printed).toMatch(/^cold, server \+ Redis: \d+\.\d\d × bare \(/m);
      expect(printed).toMatch(/^warm, server \+ Redis: \d+\.\d\d × bare \(/m);
    },
    LIMIT_MS,
  );

  it(
    'bench:push compares the gateway with socket.io, faye and a bare server over both transports',
    async () => {
      const printed = await bench('push');
      for (const transport of ['long-polling', 'websocket']) {
        expect(printed).toMatch(new RegExp(`^${transport}, delivery: \\d+\\.\\d\\d × socket.io`, 'm'));
        expect(printed).toMatch(new RegExp(`^${transport}, p99 at 500 messages/s: [\\d.]+ ms`, 'm'));
      }
      expect(printed).toMatch(/^long-polling, delivery: \d+\.\d\d × bare/m);
      expect(printed.match(/^\| faye in memory +\| +\d/gm)).toHaveLength(4);
    },
    LIMIT_MS,
  );

  it(
    'bench:idle tells memory and idle time of held connects beside a bare server',
    async () => {
      const printed = await bench('idle');
      for (const transport of ['long-polling', 'websocket']) {
        expect(printed).toMatch(new RegExp(`^${transport}, memory: -?[\\d.]+ kB each`, 'm'));
        expect(printed).toMatch(new RegExp(`^${transport}, idle: -?[\\d.]+ % of a core`, 'm'));
      }
    },
    LIMIT_MS,
  );

  it(
    'bench:route tells matches a second, and how they grow with the queue',
    async () => {
      const printed = await bench('route');
      expect(printed).toMatch(/^matches: \d+ a second/m);
      expect(printed).toMatch(/^growth from \d+ to \d+ waiting: \d+\.\d\d ×/m);
    },
    LIMIT_MS,
  );

  it(
    'bench:desk tells how long a key waits for its frame while customers write',
    async () => {
      const printed = await bench('desk');
      expect(printed).toMatch(/^page: [\d.]+ kB packed \(goal 120 kB: met\)/m);
      expect(printed).toMatch(/^20 chats, 10 events\/s: at most [\d.]+ ms from a key to the frame/m);
    },
    LIMIT_MS,
  );

  it(
    'bench:load goes through its parts',
    async () => {
      const printed = await bench('load');
      expect(printed).toMatch(/^writes, fsync always: \d+\.\d\d × the bare append$/m);
      expect(printed).toMatch(/^held, p99 at 50 messages\/s: [\d.]+ ms/m);
      expect(printed).toMatch(/^storm: 50 clients of a killed gateway are back/m);
      expect(printed).toMatch(/^overload: recovered [\d.]+ s after it$/m);
      expect(printed).toMatch(/^soak: .* slope -?[\d.]+ MB in 10 min$/m);
    },
    LIMIT_MS,
  );
});
