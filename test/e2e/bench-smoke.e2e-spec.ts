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
});
