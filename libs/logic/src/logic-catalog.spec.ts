import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@app/observability';
import { hashOfLogic } from './logic-hash.js';
import { LogicCatalog } from './logic-catalog.js';
import { LogicHost } from './logic-host.js';
import { MemoryLogicVersions } from './memory-logic-versions.js';
import { logicOf } from './testing/logic-lab.js';

const saying = (text: string): string => logicOf({ actions: `{ type: 'push', params: { text: '${text}' } }` });

describe('the catalog of logics', () => {
  const host = new LogicHost();
  let folder = '';
  let versions = new MemoryLogicVersions();
  const logged: string[] = [];
  let onLine = (): void => undefined;
  const write = (line: string): void => {
    const { msg, err } = JSON.parse(line) as { readonly msg: string; readonly err?: { readonly message: string } };
    logged.push(err === undefined ? msg : `${msg}: ${err.message}`);
    onLine();
  };
  const logger = createLogger({ name: 'test', level: 'info', destination: { write } });
  let seconds = 1_700_000_000;

  const put = (name: string, source: string): void => {
    writeFileSync(join(folder, name), source);
    // Two writes within one tick of the file system's clock are two writes all the same.
    utimesSync(join(folder, name), (seconds += 1), seconds);
  };
  const open = (): Promise<LogicCatalog> => LogicCatalog.open({ folder, host, versions, logger, pollMs: 0 });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'logic-catalog-'));
    versions = new MemoryLogicVersions();
    logged.length = 0;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  afterAll(() => host.close());

  it('knows the logics of its folder by name and keeps their versions', async () => {
    put('one.mjs', saying('one'));
    put('two.mjs', saying('two'));
    put('notes.txt', 'no logic');
    const catalog = await open();
    const hash = hashOfLogic(saying('one'));
    expect(catalog.names()).toEqual(['one', 'two']);
    expect(catalog.current('one')).toEqual({ name: 'one', hash, source: saying('one') });
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(await versions.load(hash)).toBe(saying('one'));
    expect(catalog.current('three')).toBeUndefined();
  });

  it('is empty where there is no folder', async () => {
    const catalog = await LogicCatalog.open({ folder: join(folder, 'none'), host, versions, logger, pollMs: 0 });
    expect(catalog.names()).toEqual([]);
  });

  it.each([
    ['broken.mjs', 'hello world', 'broken.mjs:1: SyntaxError'],
    ['clock.mjs', saying('').replace(`''`, 'String(Date.now())'), 'clock.mjs:6: Date.now: expected no clock'],
    ['-x y.mjs', saying('x'), '-x y.mjs: expected a name of 1 to 64 letters'],
    ['long.mjs', `// ${'x'.repeat(262_144)}`, 'long.mjs: expected at most 262144 characters'],
  ])('does not start with %s', async (name, source, message) => {
    put(name, source);
    await expect(open()).rejects.toMatchObject({ name: 'SettingsError', message: expect.stringContaining(message) });
  });

  it('takes a new version when the file changes, and keeps the old one for those who have it', async () => {
    put('one.mjs', saying('one'));
    const catalog = await open();
    put('one.mjs', saying('other'));
    await catalog.refresh();
    expect(catalog.current('one')?.hash).toBe(hashOfLogic(saying('other')));
    expect(await versions.load(hashOfLogic(saying('one')))).toBe(saying('one'));
    expect(logged).toEqual(['a logic was read: new services get it']);
  });

  it('keeps the version that it has when a file is broken, tells of it once, and takes it when it is mended', async () => {
    put('one.mjs', saying('one'));
    const catalog = await open();
    put('one.mjs', 'hello world');
    await catalog.refresh();
    await catalog.refresh();
    expect(catalog.current('one')?.source).toBe(saying('one'));
    expect(logged).toEqual([expect.stringContaining('the version before stays: ')]);
    expect(logged[0]).toContain('one.mjs:1: SyntaxError');
    put('one.mjs', saying('mended'));
    await catalog.refresh();
    expect(catalog.current('one')?.source).toBe(saying('mended'));
  });

  it('takes files that come and forgets files that go', async () => {
    const catalog = await open();
    put('late.mjs', saying('late'));
    await catalog.refresh();
    expect(catalog.names()).toEqual(['late']);
    rmSync(join(folder, 'late.mjs'));
    await catalog.refresh();
    expect(catalog.names()).toEqual([]);
    expect(await versions.load(hashOfLogic(saying('late')))).toBe(saying('late'));
  });

  it('says nothing of a file that was only touched', async () => {
    put('one.mjs', saying('one'));
    const catalog = await open();
    put('one.mjs', saying('one'));
    await catalog.refresh();
    expect(logged).toEqual([]);
  });

  it('does not take a version that could not be kept, and tries again', async () => {
    put('one.mjs', saying('one'));
    const catalog = await open();
    let isAway = true;
    const save = versions.save.bind(versions);
    versions.save = (hash, source) => (isAway ? Promise.reject(new Error('away')) : save(hash, source));
    put('one.mjs', saying('other'));
    await catalog.refresh();
    expect(catalog.current('one')?.source).toBe(saying('one'));
    isAway = false;
    await catalog.refresh();
    expect(catalog.current('one')?.source).toBe(saying('other'));
  });

  it('looks at the folder by itself', async () => {
    put('one.mjs', saying('one'));
    const told = new Promise<void>((resolve) => {
      onLine = resolve;
    });
    const catalog = await LogicCatalog.open({ folder, host, versions, logger, pollMs: 10 });
    put('one.mjs', saying('other'));
    await told;
    expect(catalog.current('one')?.source).toBe(saying('other'));
    await catalog.close();
  });
});
