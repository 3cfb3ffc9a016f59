import { rowsIn, textOf } from './data-rows.js';

describe('rows of attached data', () => {
  it('have a name, and whatever comes after the first equals sign', () => {
    expect(rowsIn('skill = sales\nformula=a=b\n\n=nameless\nflag')).toEqual({
      skill: 'sales',
      formula: 'a=b',
      flag: '',
    });
  });

  it('come out as they went in', () => {
    const rows = { skill: 'sales', formula: 'a=b' };
    expect(rowsIn(textOf(rows))).toEqual(rows);
  });
});
