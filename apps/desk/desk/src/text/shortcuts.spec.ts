import { shortcutOf } from './shortcuts.js';

const key = (
  code: string,
  more: { readonly key?: string; readonly altKey?: boolean; readonly ctrlKey?: boolean } = {},
) => ({
  ...{ code, key: '', altKey: false, ctrlKey: false, metaKey: false },
  ...more,
});

describe('shortcuts', () => {
  it('go by the place of a key, whatever character Alt makes of it', () => {
    expect(shortcutOf(key('KeyA', { key: 'å', altKey: true }), true)).toEqual({ type: 'accept' });
    expect(shortcutOf(key('Digit3', { altKey: true }), true)).toEqual({ type: 'chat', index: 2 });
    expect(shortcutOf(key('ArrowUp', { altKey: true }), true)).toEqual({ type: 'step', by: -1 });
  });

  it('leave a question mark alone where somebody writes', () => {
    expect(shortcutOf(key('Slash', { key: '?' }), true)).toBeNull();
    expect(shortcutOf(key('Slash', { key: '?' }), false)).toEqual({ type: 'help' });
  });

  it('leave the keys of the browser alone', () => {
    expect(shortcutOf(key('KeyA', { altKey: true, ctrlKey: true }), false)).toBeNull();
    expect(shortcutOf(key('KeyZ', { altKey: true }), false)).toBeNull();
  });
});
