import { compareIds, isAfter, laterOf } from './entry-id.js';

describe('ids of events', () => {
  it('are ordered by numbers, not by letters', () => {
    expect(['10-0', '9-2', '9-10', '9-0'].sort(compareIds)).toEqual(['9-0', '9-2', '9-10', '10-0']);
  });

  it('are not after themselves', () => {
    expect(isAfter('3-1', '3-1')).toBe(false);
    expect(laterOf('3-1', '3-0')).toBe('3-1');
  });
});
