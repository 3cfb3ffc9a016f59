import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstAgents } from './first-agents.js';

describe('the first agents', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-first-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('are an agent and a supervisor with tokens of their own, for the owner alone', () => {
    const { file, agents } = firstAgents(join(folder, 'data'));
    expect(agents.map(({ id, role }) => [id, role])).toEqual([
      ['kate', 'agent'],
      ['sam', 'supervisor'],
    ]);
    expect(new Set(agents.map(({ token }) => token)).size).toBe(2);
    for (const { token } of agents) expect(token).toMatch(/^[\w-]{32}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('stay the same at the next start', () => {
    const first = firstAgents(folder);
    expect(firstAgents(folder)).toEqual(first);
  });

  it('are left as they were changed, even when the change is wrong', () => {
    const file = join(folder, 'agents.yaml');
    writeFileSync(file, 'agents: [');
    expect(firstAgents(folder)).toEqual({ file, agents: [] });
    expect(readFileSync(file, 'utf8')).toBe('agents: [');
  });
});
