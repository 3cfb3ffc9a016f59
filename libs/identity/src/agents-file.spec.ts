import { mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@app/config';
import { AgentsFile } from './agents-file.js';
import { STANDARD_DESK } from './desk-lists.js';
import { tokenDigest } from './token-digest.js';

const TOKEN = 'a-token-of-24-characters';
const OTHER = 'another-of-28-characters-now';

describe('a followed agents file', () => {
  let base: string;
  let path: string;
  let file: AgentsFile | undefined;
  let told: unknown[];
  let complaints: unknown[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'parley-agents-'));
    path = join(base, 'agents.yaml');
    told = [];
    complaints = [];
  });
  afterEach(() => {
    file?.close();
    rmSync(base, { recursive: true, force: true });
  });

  let writes = 0;
  /** Each time of another length: two writes may come within one tick of the file system's clock. */
  const write = (source: string): void => {
    writes += 1;
    writeFileSync(path, `${source}\n#${'.'.repeat(writes)}`);
  };
  const open = (pollMs = 0): AgentsFile => {
    const logger = {
      info: (line: unknown) => told.push(line),
      error: (line: unknown) => complaints.push(line),
    };
    file = AgentsFile.open(path, logger as never, { pollMs });
    return file;
  };

  it('knows its agents by id and by token', () => {
    write(`agents: [{ id: ada, token: ${TOKEN} }, { id: bob }]`);
    const agents = open();
    expect(agents.all.map(({ id }) => id)).toEqual(['ada', 'bob']);
    expect(agents.withId('bob')?.nickname).toBe('bob');
    expect(agents.withId('eve')).toBeUndefined();
    expect(agents.withTokenDigest(tokenDigest(TOKEN))?.id).toBe('ada');
    expect(agents.withTokenDigest(TOKEN)).toBeUndefined();
    expect(agents.withTokenDigest(tokenDigest(OTHER))).toBeUndefined();
    expect(agents.desk).toBe(agents.desk);
    expect(agents.desk).toEqual(STANDARD_DESK);
  });

  it('is refused at the start when it is broken or away', () => {
    expect(() => open()).toThrow(new SettingsError(`${path}: expected a readable file, got ENOENT`));
    write('agents: [{ id: system }]');
    expect(() => open()).toThrow(SettingsError);
    path = base;
    expect(() => open()).toThrow(new SettingsError(`${path}: expected a readable file, got EISDIR`));
  });

  it('is read again when it has changed, and not otherwise', () => {
    write(`agents: [{ id: ada, token: ${TOKEN} }]`);
    const agents = open();
    agents.look();
    expect(told).toEqual([]);
    write(`agents: [{ id: ada, role: admin, token: ${OTHER} }]\nnot_ready_reasons: [Tea]`);
    agents.look();
    expect(told).toEqual([{ file: path, agents: 1 }]);
    expect(agents.withTokenDigest(tokenDigest(TOKEN))).toBeUndefined();
    expect(agents.withTokenDigest(tokenDigest(OTHER))?.role).toBe('admin');
    expect(agents.desk.notReadyReasons).toEqual(['Tea']);
  });

  it('is read again when another file takes its place', () => {
    write(`agents: [{ id: ada, token: ${TOKEN} }]`);
    const agents = open();
    const place = path;
    path = join(base, 'new.yaml');
    write('agents: []');
    renameSync(path, place);
    agents.look();
    expect(agents.all).toEqual([]);
  });

  it('keeps what it said while it is broken or away, and complains once, without a token', () => {
    write(`agents: [{ id: ada, token: ${TOKEN} }]`);
    const agents = open();
    write(`agents: [{ id: ada, token: ${OTHER} }, { id: bob, token: ${OTHER} }]`);
    agents.look();
    agents.look();
    unlinkSync(path);
    agents.look();
    agents.look();
    expect(complaints).toEqual([
      { file: path, reason: `${path}: agents[1].token: expected a token of his own, got the one of ada` },
      { file: path, reason: `${path}: expected a readable file, got ENOENT` },
    ]);
    expect(agents.withTokenDigest(tokenDigest(TOKEN))?.id).toBe('ada');
    expect(agents.withTokenDigest(tokenDigest(OTHER))).toBeUndefined();
    write(`agents: [{ id: bob, token: ${OTHER} }]`);
    agents.look();
    expect(agents.withTokenDigest(tokenDigest(OTHER))?.id).toBe('bob');
    expect(agents.withTokenDigest(tokenDigest(TOKEN))).toBeUndefined();
  });

  it('is looked at by itself until it is closed', async () => {
    write('agents: []');
    const agents = open(5);
    const seen = new Promise<void>((resolve) => {
      told.push = () => {
        resolve();
        return 1;
      };
    });
    write('agents: [{ id: ada }]');
    await seen;
    expect(agents.all.map(({ id }) => id)).toEqual(['ada']);
    agents.close();
  });
});
