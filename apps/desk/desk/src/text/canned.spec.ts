import { cannedQuery, findCanned } from './canned.js';

const RESPONSES = [
  { shortcut: 'bye', text: 'Goodbye! More another day.' },
  { shortcut: 'more', text: 'Tell me more.' },
  { shortcut: 'moment', text: 'One moment please.' },
];

describe('canned responses', () => {
  it('are asked for by a slash at the start', () => {
    expect(['/', '/mo', '/mo re', 'a /mo', '//', ''].map(cannedQuery)).toEqual(['', 'mo', null, null, null, null]);
  });

  it('come by shortcut first, then by what they hold', () => {
    expect(findCanned(RESPONSES, 'MO').map(({ shortcut }) => shortcut)).toEqual(['more', 'moment', 'bye']);
    expect(findCanned(RESPONSES, 'xyz')).toEqual([]);
  });
});
