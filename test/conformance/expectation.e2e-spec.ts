import { differences, scalarFaults } from './expectation.js';

describe('the judge of replies', () => {
  it('is content with a reply that fits', () => {
    const reply = { _id: '0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f', list: [['a', '7']] };
    expect(differences(reply, { _id: '<uuid>', list: [['a', '<seconds>']] })).toEqual([]);
  });

  it('finds a placeholder inside a text', () => {
    const url = '/genesys/1/service/0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f/ixn/chat';
    expect(differences({ url }, { url: '/genesys/1/service/<uuid>/ixn/chat' })).toEqual([]);
    expect(differences({ url: `${url}s` }, { url: '/genesys/1/service/<uuid>/ixn/chat' })).toHaveLength(1);
  });

  it('takes a hyphen outside of a placeholder for itself', () => {
    expect(differences('/request-chat/<position>', '/request-chat/<position>')).toHaveLength(1);
    expect(differences('/request-chat/7', '/request-chat/<position>')).toEqual([]);
  });

  it('takes a question mark and a dot of the template for themselves', () => {
    expect(differences('a?b.c', 'a?b.c')).toEqual([]);
    expect(differences('bxc', 'a?b.c')).toHaveLength(1);
  });

  it.each([
    ['a missing key', {}, { a: 'x' }],
    ['a key too many', { a: 'x', b: 'y' }, { a: 'x' }],
    ['a number in place of a string', { a: 5 }, { a: '5' }],
    ['a string in place of a number', { a: '5' }, { a: 5 }],
    ['null', { a: null }, { a: '<any string>' }],
    ['a sixth element', ['1', '2', '3', '4', '5', '6'], ['1', '2', '3', '4', '5']],
    ['an object in place of an array', { 0: 'a' }, ['a']],
    ['an id in the wrong case', { a: '0DA34A9D-0C5E-46A6-953C-6CC1AA82BF7F' }, { a: '<uuid>' }],
    ['a position 0', { a: '0' }, { a: '<position>' }],
    ['milliseconds', { a: '2012-06-09T22:26:17.000Z' }, { a: '<utc>' }],
  ])('finds %s', (_, reply, template) => {
    expect(differences(reply, template)).not.toEqual([]);
  });

  it('refuses a placeholder that it does not know', () => {
    expect(() => differences('x', '<uid>')).toThrow('<uid> is no placeholder');
  });

  it('finds scalars that are no strings', () => {
    expect(scalarFaults({ a: 'x', b: [{ c: null }, 1], d: true })).toEqual([
      '$.b[0].c: null',
      '$.b[1]: 1',
      '$.d: true',
    ]);
  });
});
