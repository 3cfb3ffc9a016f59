import { counted, customerName, requirementName, skillNames } from './names.js';

describe('names', () => {
  it('put what a queue asks for in words', () => {
    expect(['', 'sales>=2,french>=1', '@bob'].map(requirementName)).toEqual([
      'Anybody',
      'sales 2+, french 1+',
      'Agent bob',
    ]);
  });

  it('stand in for a customer who has none', () => {
    expect([customerName(null), customerName({ nickname: null }), customerName({ nickname: 'V' })]).toEqual([
      'Customer',
      'Customer',
      'V',
    ]);
  });

  it('count in words', () => {
    expect([counted(1, 'message'), counted(0, 'message')]).toEqual(['1 message', '0 messages']);
    expect(skillNames({ sales: 5, french: 2 })).toBe('sales 5, french 2');
  });
});
