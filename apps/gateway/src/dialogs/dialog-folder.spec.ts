import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@app/observability';
import { DialogFolder } from './dialog-folder.js';

const NO_VALUES = new Map<string, string>();

describe('a folder of dialogs', () => {
  let base: string;
  let folder: DialogFolder;

  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'parley-dialogs-'));
    mkdirSync(join(base, 'dialogs', 'sub.html'), { recursive: true });
    writeFileSync(join(base, 'secret.html'), 'secret');
    folder = new DialogFolder(join(base, 'dialogs'), createLogger({ name: 'test', level: 'silent' }));
  });
  afterEach(() => {
    rmSync(base, { recursive: true });
  });

  const write = (name: string, source: string): void => {
    writeFileSync(join(base, 'dialogs', name), source);
  };
  const shown = async (name: string): Promise<string | undefined> =>
    (await folder.find(name))?.template.fill(NO_VALUES);

  it.each([
    ['page.html', 'text/html;charset=UTF-8', false],
    ['page.xml', 'application/xml;charset=UTF-8', false],
    ['page.txt', 'text/plain;charset=UTF-8', false],
    ['look.css', 'text/css;charset=UTF-8', true],
    ['logo.svg', 'image/svg+xml', true],
  ])('has %s as %s', async (name, contentType, isStatic) => {
    write(name, 'content');
    expect(await folder.find(name)).toMatchObject({ contentType, isStatic });
    expect(folder.isStatic(name)).toBe(isStatic);
  });

  it.each([
    ...[
      '../secret.html',
      '..%2fsecret.html',
      '..',
      '.',
      '',
      '.hidden.html',
      'page.js',
      'page.html.exe',
      'page',
      'PAGE.HTML',
    ],
    ...[
      'a/b.html',
      'a\\b.html',
      'page.html\0.html',
      'page.html/',
      '/etc/passwd',
      'sub.html',
      'x'.repeat(200) + '.html',
    ],
    ...['current', 'page.json', 'constructor', '__proto__.html'],
  ])('has nothing under %j', async (name) => {
    for (const file of ['page.js', 'page.html.exe', '.hidden.html', 'page', 'page.json']) write(file, 'not for all');
    expect(await folder.find(name)).toBeUndefined();
  });

  it('shows a changed file changed, and a new one', async () => {
    expect(await shown('page.html')).toBeUndefined();
    write('page.html', 'one');
    expect(await shown('page.html')).toBe('one');
    write('page.html', 'two');
    // Two writes may come within one tick of the file system's clock.
    utimesSync(join(base, 'dialogs', 'page.html'), 1, 1);
    expect(await shown('page.html')).toBe('two');
  });

  it('follows links, as a mounted configuration has them', async () => {
    symlinkSync(join(base, 'secret.html'), join(base, 'dialogs', 'linked.html'));
    expect(await shown('linked.html')).toBe('secret');
  });

  it('shows nothing that is too large to be a page', async () => {
    write('large.html', 'x'.repeat(262_145));
    expect(await shown('large.html')).toBeUndefined();
  });
});
