import { lineOf, scanSource, wordsOf } from './source-scan.js';

const messages = (source: string): readonly string[] => scanSource(source).map(({ message }) => message);

describe('the look at a source', () => {
  it.each([
    ['Math.random()', 'Math.random'],
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date', 'new Date()'],
    ['Date()', 'Date()'],
    ['setTimeout(f, 1)', 'timers'],
    ['queueMicrotask(f)', 'timers'],
    ['performance.now()', 'performance'],
    ['crypto.randomUUID()', 'crypto'],
    [`import('node:fs')`, 'import'],
    [`import fs from 'node:fs'`, 'import'],
    [`require('fs')`, 'require'],
    ['process.env', 'process'],
    ['fetch(url)', 'fetch'],
    ['async () => 1', 'async'],
    ['await f', 'async'],
    ['Promise.resolve()', 'Promise'],
  ])('finds %s', (code, what) => {
    expect(scanSource(`const a = 1;\nconst b = ${code};`)).toEqual([
      { message: expect.stringMatching(`^${what.replace(/[()]/g, '\\$&')}: expected`), line: 2 },
    ]);
  });

  it.each([
    '// Math.random()',
    '/* new Date()\n import x */',
    `const text = 'Date.now() and fetch(it)';`,
    'const text = "setTimeout( \\" process.env";',
    'const date = new Date(event.atMs);',
    'const at = Date.UTC(2026, 0, 1);',
    'const a = /Date.now()\\/[/"]/.test(x);',
    'const a = data.process.name + data.await + my.fetch(1);',
    `const url = 'http://x'; const half = a / b / c; // crypto.x`,
  ])('finds nothing in %j', (code) => {
    expect(messages(code)).toEqual([]);
  });

  it('looks into templates, which are code as well', () => {
    expect(messages('const a = `now: ${Date.now()}`;')).toHaveLength(1);
  });

  it('finds the line of a word outside of comments', () => {
    const source = `// after\nconst hereafter = 1;\nconst b = { after: 1 };`;
    expect(lineOf(source, ['after'])).toBe(3);
    expect(lineOf(source, ['never', 'hereafter', 'after'])).toBe(2);
    expect(lineOf(source, ['never'])).toBeUndefined();
  });

  it('gathers the words by which a logic tells inputs apart', () => {
    const source = `const f = ({ data }) => data.tier === 'gold' && data['my-key'] !== "x"; // .no === 'no'`;
    expect(wordsOf(source)).toEqual({ names: ['tier', 'my-key'], values: ['gold', 'x'] });
  });
});
