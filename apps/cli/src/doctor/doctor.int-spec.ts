import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { type CommandResult, parley } from '../testing/parley.js';

describe('parley', () => {
  const url = process.env['TEST_REDIS_URL'] ?? '';
  const lab = new ServiceLab(url, new FixedClock());
  const env = { REDIS_URL: url, KEY_PREFIX: lab.keys.prefix, PARTITIONS: String(lab.keys.partitions) };
  const run = (...args: readonly string[]): CommandResult => parley(env, ...args);

  afterAll(() => {
    lab.close();
  });

  it('doctor finds what is well, and what to look at', () => {
    const { status, stdout, stderr } = run('doctor');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const line of ['ok      settings', 'ok      Redis takes writes', 'ok      DURABILITY=everysec is kept']) {
      expect(stdout).toContain(line);
    }
    expect(stdout).toMatch(/^warn {4}no worker is known\n {8}→ start one$/m);
    expect(stdout).toMatch(/\n\d+ ok, \d+ to look at, 0 failed\n$/);
  });

  it('doctor names what is wrong, without a secret', () => {
    const secret = parley({ ...env, REDIS_URL: 'redis://:hunter2@127.0.0.1:1' }, 'doctor');
    expect(secret).toMatchObject({ status: 1, stdout: expect.stringContaining('FAILED  Redis') });
    expect(secret.stdout + secret.stderr).not.toContain('hunter2');
    const settings = parley({ ...env, PORT: 'x', SERVICES_DIR: '/nowhere' }, 'doctor');
    expect(settings.stdout).toContain('FAILED  settings');
    expect(settings.stdout).toContain('PORT: expected');
    const always = parley({ ...env, DURABILITY: 'always' }, 'doctor');
    expect(always.stdout).toContain('expected appendfsync always for DURABILITY=always, got everysec');
    expect(parley({ ...env, SERVICES_DIR: '/nowhere' }, 'doctor').stdout).toContain('FAILED  services in /nowhere');
  });

  it('services lists what is alive', async () => {
    const waiting = await lab.request();
    const chatting = await lab.startChat();
    const { stdout } = run('services');
    expect(stdout).toMatch(new RegExp(`${waiting} {2}waiting`));
    expect(stdout).toMatch(new RegExp(`${chatting} {2}chatting request-chat {2}1 positions`));
    expect(stdout).toContain('2 services.');
    const lines = run('services', '--state', 'chatting', '--json').stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ serviceId: chatting }]);
    expect(run('services', '--state', 'asleep').status).toBe(64);
  });

  it('dead-letters lists and replays', async () => {
    expect(run('dead-letters', 'list').stdout).toBe('No dead letters.\n');
    const fed = await lab.redis.xlen(lab.keys.feed(1));
    await lab.redis.xadd(lab.keys.deadLetters(1), '*', 's', 'one', 'e', '3-0', 'reason', 'TypeError');
    expect(run('dead-letters', 'list', '--queue', 'feed').stdout).toMatch(
      /feed +one {2}at 3-0: TypeError\n1 dead letters/,
    );
    expect(run('doctor').stdout).toContain('warn    1 dead letters');
    expect(run('dead-letters', 'replay').stdout).toBe('1 given to the workers again.\n');
    expect(await lab.redis.xlen(lab.keys.feed(1))).toBe(fed + 1);
    expect(run('dead-letters', 'list').stdout).toBe('No dead letters.\n');
    expect(run('audit').stdout).toContain('dead-letters.replay');
    expect(run('dead-letters', 'list', '--queue', 'nope').status).toBe(64);
  });

  it('says what there is when it is asked for nothing', () => {
    expect(run()).toMatchObject({ status: 64, stderr: expect.stringContaining('usage: parley <command>') });
  });
});
