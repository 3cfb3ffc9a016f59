import { clockTime, dayName, duration, waitLevel } from './times.js';

const local = (day: number, hour: number, minute: number) => new Date(2026, 10, day, hour, minute).toISOString();

describe('times', () => {
  it('are the agent’s own', () => {
    expect(clockTime(local(23, 7, 5))).toBe('07:05');
  });

  it('name days by how far they are', () => {
    const nowMs = new Date(2026, 10, 23, 0, 10).getTime();
    expect(dayName(local(23, 0, 5), nowMs)).toBe('Today');
    expect(dayName(local(22, 23, 59), nowMs)).toBe('Yesterday');
    expect(dayName(local(20, 12, 0), nowMs)).toMatch(/^Friday,? 20 November 2026$/);
  });

  it('count up without going below zero', () => {
    expect([-5_000, 7_900, 760_000, 3_723_000].map(duration)).toEqual(['0:00', '0:07', '12:40', '1:02:03']);
  });

  it('tell a long wait from one that is too long', () => {
    expect([59_999, 60_000, 120_000].map(waitLevel)).toEqual(['short', 'long', 'too-long']);
  });
});
