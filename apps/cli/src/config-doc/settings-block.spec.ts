import { replaceSettings } from './settings-block.js';

describe('the settings block of a page', () => {
  const page = 'before\n\n<!-- settings:begin -->\n\nold $1\n\n<!-- settings:end -->\nafter\n';

  it('is replaced between its marks and nowhere else', () => {
    expect(replaceSettings(page, '| `$&` |')).toBe(
      'before\n\n<!-- settings:begin -->\n\n| `$&` |\n\n<!-- settings:end -->\nafter\n',
    );
  });

  it('stays the same when the same table is written again', () => {
    const once = replaceSettings(page, '| table |')!;
    expect(replaceSettings(once, '| table |')).toBe(once);
  });

  it('may be empty at first', () => {
    expect(replaceSettings('<!-- settings:begin -->\n<!-- settings:end -->\n', 'T')).toBe(
      '<!-- settings:begin -->\n\nT\n\n<!-- settings:end -->\n',
    );
  });

  it('is missing from a page without marks', () => {
    expect(replaceSettings('nothing here', '| table |')).toBeUndefined();
  });
});
