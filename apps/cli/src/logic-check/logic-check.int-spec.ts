import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

describe('parley logic-check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'logic-check-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const check = (...files: readonly string[]) => {
    const main = join(root, 'dist/apps/cli/src/main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'logic-check', ...files], {
      cwd: root,
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status, stdout, stderr };
  };

  it.each(['advanced-chat-poll', 'vip-chat'])('is content with %s', (name) => {
    const file = `services/logic/${name}.mjs`;
    expect(check(file)).toEqual({
      ...{ status: 0, stderr: '' },
      stdout: expect.stringMatching(
        new RegExp(`^${file}: ok\\n  states: .*\\n  statuses: .*\\n  effects: .*\\n  deadlines: survey\\n$`),
      ),
    });
  });

  it('names file and line of a fault and ends with 65', () => {
    const file = join(folder, 'broken.mjs');
    writeFileSync(file, `export default ({ setup }) =>\n  setup({}).createMachine({ after: { 5: {} } });\n`);
    expect(check(file)).toEqual({
      status: 65,
      stdout: '',
      stderr: `${file}:2: the machine: after: expected none: use setDeadline, and on the input deadline\n${file}: 1 fault\n`,
    });
  });

  it('ends with 65 for a file that never ends', () => {
    const file = join(folder, 'loop.mjs');
    writeFileSync(file, 'for (;;) {}\n');
    const { status, stderr } = check(file);
    expect({ status, stderr }).toEqual({
      status: 65,
      stderr: `${file}: expected an answer within 5000 ms, got none\n${file}: 1 fault\n`,
    });
  }, 30_000);

  it('ends with 65 for a file that is not there, and with 64 for none', () => {
    expect(check(join(folder, 'none.mjs'))).toMatchObject({ status: 65, stderr: expect.stringContaining('ENOENT') });
    expect(check()).toMatchObject({ status: 64, stderr: expect.stringContaining('expected one file') });
  });
});
