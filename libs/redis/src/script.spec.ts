import { readdirSync, readFileSync } from 'node:fs';
import { createConnection } from './connection.js';
import { callScript, SCRIPT_NAMES } from './script.js';

const folder = new URL('./lua/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.lua'));
const sourceOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const scripts = files.map((file) => [file, sourceOf(file)] as const);

/** The greatest number after a word in a text. */
const greatest = (text: string, pattern: RegExp): number =>
  Math.max(0, ...[...text.matchAll(pattern)].map(([, number]) => Number(number)));

describe('the scripts', () => {
  it('are all known by their file names', () => {
    expect(files.map((file) => file.slice(0, -'.lua'.length)).sort()).toEqual([...SCRIPT_NAMES].sort());
  });

  it.each(scripts)('%s says what it does, takes and returns', (_, source) => {
    expect(source).toMatch(/^#!lua( flags=[\w,-]+)?\n--\[\[\n/);
    for (const word of ['KEYS', 'Output']) expect(source).toMatch(new RegExp(`^  ${word}  ?`, 'm'));
  });

  it.each(scripts)('%s uses as many keys as its name and its comment say', (file, source) => {
    const count = Number(/-(\d+)\.lua$/.exec(file)?.[1]);
    const [, comment = '', code = ''] = /^.*?--\[\[([^]*?)\]\]([^]*)$/.exec(source.replace(/^#!.*\n/, '')) ?? [];
    expect(greatest(code, /KEYS\[(\d+)\]/g)).toBeLessThanOrEqual(count);
    const [, keys = ''] = /KEYS([^]*?)\n {2}ARGV/.exec(comment) ?? [];
    expect(greatest(keys, /(?:^| )(\d+) [^\d]/g)).toBe(count);
  });

  it('are called on connections that know them only', () => {
    const connection = createConnection({ url: 'redis://127.0.0.1:1' }, 'commands');
    expect(() => callScript(connection, 'rewind-1', ['key', 1, 0])).toThrow('callScript: rewind-1 is not defined here');
    connection.disconnect();
  });
});
