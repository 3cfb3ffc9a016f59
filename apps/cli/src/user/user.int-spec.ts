import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newBasicServiceId, partitionOfUser } from '@app/event-store';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { type CommandResult, parley } from '../testing/parley.js';

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 9, idleAlertS: 9, idleCloseS: 9, asyncCloseS: 9, idleAlertMessage: '?' };

describe('parley user', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-user-'));
  const url = process.env['TEST_REDIS_URL'] ?? '';
  const lab = new ServiceLab(url, new FixedClock());
  const { prefix, partitions } = lab.keys;
  const env = { REDIS_URL: url, KEY_PREFIX: prefix, PARTITIONS: String(partitions) };
  const run = (...args: readonly string[]): CommandResult => parley(env, ...args);
  let serviceId: string;

  beforeAll(async () => {
    serviceId = newBasicServiceId(partitionOfUser('ann', partitions), partitions);
    const request = { type: 'RequestService', name: 'request-chat', kind: 'basic', timeouts: TIMEOUTS } as const;
    await lab.execute(serviceId, { ...request, user: 'ann', businessData: { color: 'blue' } });
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
    lab.close();
  });

  it('exports to the terminal, or to a file that only its owner reads', () => {
    const { status, stdout } = run('user', 'export', 'ann');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ user: 'ann', services: [{ serviceId, storage: { color: 'blue' } }] });
    const file = join(folder, 'ann.json');
    expect(run('user', 'export', 'ann', '--out', file)).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ services: [{ serviceId }] });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('erases only when it is told so twice, and all of it is in the audit log', () => {
    expect(run('user', 'erase', 'ann')).toMatchObject({ status: 64, stderr: expect.stringContaining('--yes') });
    expect(run('user', 'erase', 'ann', '--yes')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 services erased'),
    });
    expect(JSON.parse(run('user', 'export', 'ann').stdout)).toMatchObject({ services: [] });
    const { stdout } = run('audit');
    expect(stdout.trim().split('\n')).toHaveLength(5);
    expect(stdout).toMatch(/user\.erase +\S+@\S+ {2}user:[0-9a-f]{16} {2}1 services erased, 0 left\n/);
    expect(stdout).not.toContain('ann');
    expect(run('audit', '--last', '1').stdout.trim().split('\n')).toHaveLength(1);
  });

  it('says what is expected', () => {
    for (const args of [['user'], ['user', 'export'], ['user', 'print', 'ann'], ['audit', '--last', 'x']]) {
      expect(run(...args)).toMatchObject({ status: 64, stdout: '', stderr: expect.stringContaining('expected') });
    }
    expect(parley({ ...env, REDIS_URL: 'redis://127.0.0.1:1' }, 'audit')).toMatchObject({ status: 69 });
    expect(parley({ DATA_DIR: folder }, 'audit')).toMatchObject({
      status: 78,
      stderr: expect.stringContaining('run it beside `npm start`'),
    });
  });
});
