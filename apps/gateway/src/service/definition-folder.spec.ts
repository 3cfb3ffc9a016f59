import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SettingsError } from '@app/config';
import { DefinitionFolder } from './definition-folder.js';

describe('a followed folder of service definitions', () => {
  let base: string;
  let folder: DefinitionFolder | undefined;
  let told: string[][];
  let complaints: string[];

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'parley-definitions-'));
    told = [];
    complaints = [];
    write('a.yaml', 'name: a');
    write('b.yaml', 'name: b');
  });
  afterEach(() => {
    folder?.close();
    rmSync(base, { recursive: true, force: true });
  });

  let writes = 0;
  /** Each time of another length: two writes may come within one tick of the file system's clock. */
  const write = (file: string, source: string): void => {
    writes += 1;
    writeFileSync(join(base, file), `${source}\n#${'.'.repeat(writes)}`);
  };
  const open = (): DefinitionFolder => {
    folder = new DefinitionFolder({
      folder: base,
      pollMs: 0,
      logger: {
        info: () => undefined,
        error: (line: { readonly reason?: string }) => complaints.push(line.reason ?? ''),
      } as never,
      onChanged: (definitions) => told.push(definitions.map(({ name, options }) => `${name} ${options.ttlS}`).sort()),
    });
    return folder;
  };

  it('has what stands in it', () => {
    expect(open().all.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('is refused as a whole at the start when a file is broken', () => {
    write('b.yaml', 'name: a');
    expect(() => open()).toThrow(SettingsError);
  });

  it('tells of what has changed, come and gone, and of nothing else', () => {
    const opened = open();
    opened.look();
    expect(told).toEqual([]);
    write('a.yaml', 'name: a\noptions: { _ttl: 60 }');
    opened.look();
    write('c.yaml', 'name: c');
    opened.look();
    unlinkSync(join(base, 'b.yaml'));
    opened.look();
    opened.look();
    expect(told).toEqual([
      ['a 60', 'b 86400'],
      ['a 60', 'b 86400', 'c 86400'],
      ['a 60', 'c 86400'],
    ]);
    expect(complaints).toEqual([]);
  });

  it('keeps what a broken file said before, and says once what is wrong', () => {
    const opened = open();
    write('a.yaml', 'name: a\noptions: { _ttl: soon }');
    write('b.yaml', 'name: b\noptions: { _ttl: 61 }');
    write('c.yaml', 'nonsense');
    opened.look();
    opened.look();
    expect(told).toEqual([['a 86400', 'b 61']]);
    expect(complaints).toEqual([
      expect.stringMatching(/a\.yaml: options\._ttl: expected whole seconds from 60 to 2592000, got "soon"$/),
      expect.stringMatching(/c\.yaml: expected a mapping with name, kind and options$/),
    ]);
    write('a.yaml', 'name: a\noptions: { _ttl: 62 }');
    opened.look();
    expect(told.at(-1)).toEqual(['a 62', 'b 61']);
  });

  it('lets no new file take a name away', () => {
    const opened = open();
    write('0.yaml', 'name: new\naliases: [b]');
    opened.look();
    expect(told).toEqual([['a 86400', 'b 86400']]);
    expect(complaints).toEqual([expect.stringMatching(/0\.yaml: name: "b" is taken by .*b\.yaml already$/)]);
  });

  it('lets two files swap their names', () => {
    const opened = open();
    write('a.yaml', 'name: b');
    write('b.yaml', 'name: a\noptions: { _ttl: 63 }');
    opened.look();
    expect(told).toEqual([['a 63', 'b 86400']]);
  });

  it('keeps everything while the folder is away', () => {
    const opened = open();
    rmSync(base, { recursive: true });
    opened.look();
    expect(opened.all.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(told).toEqual([]);
  });
});
