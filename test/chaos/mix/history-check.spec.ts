import { checkHistory } from './history-check.js';
import { PLANTED, proveChecker, soundHistory } from './planted.js';

describe('the check of a history', () => {
  it.each(proveChecker().map((proof) => [proof.what, proof] as const))('%s', (_, { expected, found, isRight }) => {
    expect({ expected, found, isRight }).toEqual({
      expected,
      found: expected === 'nothing' ? [] : [expected],
      isRight: true,
    });
  });

  it('has a planted fault for each kind', () => {
    const { violations } = checkHistory(PLANTED.flatMap(({ plant }) => plant(soundHistory())));
    expect(violations.length).toBeGreaterThan(0);
    expect(new Set(PLANTED.map(({ kind }) => kind)).size).toBe(11);
  });

  it('counts what was written, and lets an unknown outcome be either way', () => {
    const lines = soundHistory();
    expect(checkHistory(lines)).toMatchObject({ kept: 12, unknown: 0, refused: 2, readings: 2, rolledBack: 0 });
    // The answer to the last message never came: it may be there, as here, or not.
    const unanswered = lines.map((line) =>
      line.kind === 'try' && line.text === '6 in chat one'
        ? { ...line, outcome: 'unknown' as const, position: undefined }
        : line,
    );
    expect(checkHistory(unanswered as typeof lines)).toMatchObject({ kept: 11, unknown: 1, violations: [] });
  });

  it('counts what was shown and vanished, and does not call it a violation', () => {
    const lines = soundHistory().map((line) =>
      line.kind === 'reading' && line.chat === 'chat one'
        ? { ...line, events: [...line.events.slice(0, -1), ['Message.Text', 'Ann', 'gone', '5', 'CLIENT'] as const] }
        : line,
    );
    expect(checkHistory(lines)).toMatchObject({ violations: [], rolledBack: 1 });
  });

  it('names a chat of which nothing is left', () => {
    const lines = soundHistory().filter((line) => line.kind !== 'transcript' || line.chat !== 'chat one');
    expect(checkHistory(lines).violations).toEqual([{ kind: 'lost', chat: 'chat one', what: 'the whole chat' }]);
  });
});
