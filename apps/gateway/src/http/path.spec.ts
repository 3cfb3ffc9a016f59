import { pathOf } from './path.js';

describe('pathOf', () => {
  it.each([
    ['/genesys/1/service/x?y=/z//', '/genesys/1/service/x'],
    ['//genesys//1/service/x/', '/genesys/1/service/x'],
    ['/', '/'],
    ['//', '/'],
  ])('%s is the path %s', (url, path) => {
    expect(pathOf(url)).toBe(path);
  });
});
