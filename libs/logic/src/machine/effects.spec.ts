import { EFFECT_NAMES, readEffect } from './effects.js';

describe('effects', () => {
  it.each([
    ['setStatus', { status: 'waiting' }, { status: 'waiting' }],
    ['setStatus', { status: 'a', dialog: 'page.html' }, { status: 'a', dialog: 'page.html' }],
    [
      'setStatus',
      { status: 'a', dialog: 'https://a.example/b?c=d' },
      { status: 'a', dialog: 'https://a.example/b?c=d' },
    ],
    ['setStatus', { status: 'a', dialog: undefined }, { status: 'a' }],
    ['setDeadline', { name: 'x', afterS: 5 }, { name: 'x', afterS: 5 }],
    ['clearDeadline', { name: 'x' }, { name: 'x' }],
    ['route', undefined, { stages: [{ afterS: 0, skills: {} }], priority: 0 }],
    ['route', { skills: { a: 5 }, priority: -7 }, { stages: [{ afterS: 0, skills: { a: 5 } }], priority: -7 }],
    [
      'route',
      { stages: [{ skills: { a: 1 } }, { afterS: 30 }] },
      {
        stages: [
          { afterS: 0, skills: { a: 1 } },
          { afterS: 30, skills: {} },
        ],
        priority: 0,
      },
    ],
    ['cancelRoute', undefined, {}],
    ['push', { text: 'hello' }, { text: 'hello' }],
    ['poke', undefined, {}],
    ['poke', { text: 'hello' }, { text: 'hello' }],
  ])('%s may have %j', (type, params, effect) => {
    expect(readEffect(type, params)).toEqual({ type, ...effect });
  });

  it.each([
    ['setStatus', { status: 'no blanks' }],
    ['setStatus', { status: 'a', dialog: '.hidden' }],
    ['setStatus', { status: 'a', dialog: 'a/b.html' }],
    ['setStatus', { status: 'a', dialog: 'javascript:x' }],
    ['setStatus', { status: 'a', dialog: 7 }],
    ['setStatus', 'waiting'],
    ['setDeadline', { name: '7', afterS: 5 }],
    ['setDeadline', { name: 'x', afterS: 0 }],
    ['setDeadline', { name: 'x', afterS: 2_592_001 }],
    ['setDeadline', { name: 'x', afterS: '5' }],
    ['clearDeadline', {}],
    ['route', { skills: { 'a,b': 1 } }],
    ['route', { skills: { a: 0 } }],
    ['route', { skills: { a: 101 } }],
    ['route', { skills: ['a'] }],
    ['route', { skills: {}, stages: [{ skills: {} }] }],
    ['route', { stages: [] }],
    ['route', { stages: [{ afterS: 5 }] }],
    ['route', { stages: [{ afterS: 0, agents: [] }] }],
    ['route', { priority: 101 }],
    ['route', { agentId: 'kate' }],
    ['cancelRoute', { at: 1 }],
    ['push', {}],
    ['push', { text: '' }],
    ['push', { text: 'x'.repeat(2_001) }],
    ['poke', { text: 7 }],
    ['toString', undefined],
    ['__proto__', undefined],
  ])('%s may not have %j', (type, params) => {
    expect(() => readEffect(type, params)).toThrow(expect.objectContaining({ kind: 'nonsense' }));
  });

  it('names the action and what was expected, but no text of a customer', () => {
    expect(() => readEffect('push', { text: { secret: 'x' } })).toThrow(
      'push: text: expected a text of 1 to 2000 characters, got an object',
    );
    expect(() => readEffect('setStatus', { status: 'my secret!' })).toThrow(/got a text of 10 characters$/);
    expect(() => readEffect('my secret! action', {})).toThrow(`expected one of ${EFFECT_NAMES.join(', ')}`);
    expect(() => readEffect('my secret! action', {})).not.toThrow(/secret/);
  });
});
