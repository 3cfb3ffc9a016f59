import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { partitionOfService } from '@app/event-store';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import { type CommandResult, parley } from '../testing/parley.js';

describe('parley transcript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-transcript-'));
  const url = process.env['TEST_REDIS_URL'] ?? '';
  let lab: ServiceLab;
  let id: string;
  let stream: string;

  const run = (...args: readonly string[]): CommandResult =>
    parley({ REDIS_URL: url, KEY_PREFIX: lab.keys.prefix, PARTITIONS: String(lab.keys.partitions) }, ...args);

  beforeEach(async () => {
    lab = new ServiceLab(url, new FixedClock());
    id = await lab.startChat();
    for (const text of ['one', 'two', 'three']) await lab.say(id, text);
    stream = lab.keys.service(partitionOfService(id, lab.keys.partitions), id).stream;
  });

  afterEach(() => {
    lab.close();
  });

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  /** Writes the stream anew, as a broken disk or a stranger would. */
  const rewrite = async (change: (entries: [string, string][]) => [string, string][]): Promise<void> => {
    const entries = (await lab.redis.xrange(stream, '-', '+')).map(([at, fields]): [string, string] => [
      at,
      fields[1] ?? '',
    ]);
    await lab.redis.del(stream);
    for (const [at, value] of change(entries)) await lab.redis.xadd(stream, at, 'e', value);
  };

  it('finds a sound service and a sound store sound', async () => {
    const other = await lab.startChat();
    expect(run('transcript', 'verify', id)).toEqual({ status: 0, stdout: `${id}: sound, 5 events\n`, stderr: '' });
    expect(run('transcript', 'verify')).toEqual({
      status: 0,
      stdout: '2 streams, 7 events: 0 with a fault, 0 with positions lost in a failover\n',
      stderr: '',
    });
    expect(run('transcript', 'verify', other).status).toBe(0);
  });

  it.each<[string, (entries: [string, string][]) => [string, string][], string]>([
    [
      'a flipped bit',
      (entries) => entries.map(([at, value]) => [at, at === '3-0' ? value.replace('two', 'twp') : value]),
      'FAULT at 3-0: this event was changed, or something between 2-0 and it is missing',
    ],
    [
      'an event that is missing',
      (entries) => entries.filter(([at]) => at !== '2-0'),
      'FAULT at 3-0: this event was changed, or something between 1-0 and it is missing',
    ],
    [
      'a beginning that is missing',
      (entries) => entries.slice(1),
      'FAULT at 1-0: this event was changed, or something before it is missing',
    ],
    [
      'something that is no event',
      (entries) => entries.map(([at, value]) => [at, at === '3-0' ? 'rubbish' : value]),
      'FAULT at 3-0: this event cannot be read',
    ],
  ])('names service and place of %s', async (_, change, expected) => {
    await lab.startChat();
    await rewrite(change);
    const one = run('transcript', 'verify', id);
    expect(one).toMatchObject({ status: 1, stderr: expect.stringContaining(`${id}: ${expected}`) });
    const all = run('transcript', 'verify');
    expect(all).toMatchObject({ status: 1, stdout: expect.stringContaining('2 streams') });
    expect(all.stderr).toContain(`${id}: FAULT`);
    expect(all.stdout).toContain('1 with a fault');
  });

  it('finds an end that is missing, as far as somebody was answered', async () => {
    await lab.poll(id);
    await rewrite((entries) => entries.slice(0, -1));
    expect(run('transcript', 'verify', id)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('FAULT at 3-0: this event is the last, but it was answered up to 4-0'),
    });
  });

  it('exports what can be verified without the store, and finds a change in it', () => {
    const file = join(folder, 'chat.json');
    expect(run('transcript', 'export', id, '--out', file)).toMatchObject({ status: 0, stderr: '' });
    expect(parley({}, 'transcript', 'verify', '--file', file)).toMatchObject({ status: 0, stderr: '' });
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('three', 'thre3'));
    expect(parley({}, 'transcript', 'verify', '--file', file)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('FAULT at 4-0'),
    });
    writeFileSync(file, '[]');
    expect(parley({}, 'transcript', 'verify', '--file', file)).toMatchObject({ status: 65 });
  });

  it('shows what happened, and nothing that steers a terminal; reading is in the audit log', async () => {
    await lab.say(id, 'red \u001b[31m and back \u202e');
    const { status, stdout } = run('transcript', 'show', id);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(6);
    expect(stdout).toContain('MessageSent');
    expect(stdout).toContain('"text":"one"');
    for (const steering of ['\u001b', '\u202e']) expect(stdout).not.toContain(steering);
    const lines = run('transcript', 'show', id, '--json').stdout.trim().split('\n');
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ id: '2-0', event: { type: 'MessageSent', text: 'one' } });
    expect(run('audit').stdout).toContain(`transcript.show`);
  });

  it('says what is expected', () => {
    for (const args of [['transcript'], ['transcript', 'show'], ['transcript', 'verify', '--what']]) {
      expect(run(...args)).toMatchObject({ status: 64, stderr: expect.stringContaining('expected') });
    }
    expect(run('transcript', 'verify', 'nobody')).toMatchObject({ status: 65 });
    expect(run('transcript', 'show', 'nobody')).toMatchObject({ status: 65 });
  });
});
