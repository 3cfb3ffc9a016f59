import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../dist/libs/runtime/src/testing/short-life.js', import.meta.url));

/** How a process ends in which this happens, and what it says until then. */
const liveThrough = (turn: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, turn], {
    encoding: 'utf8',
    env: {},
    timeout: 30_000,
  });
  const said = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
  return { status, said, stderr };
};

const TAKING_LEAVE = ['short drains', 'not ready to the outside', 'closing'];

describe('the life of a process', () => {
  it('ends with 0 once it has closed what it had opened', () => {
    expect(liveThrough('nothing-special')).toEqual({
      ...{ status: 0, stderr: '' },
      said: ['opening', 'ready to the outside', 'short is ready', ...TAKING_LEAVE, 'short stopped'],
    });
  });

  it.each(['told-early', 'no-redis'])('ends with 0, without having been open, where it is %s', (turn) => {
    expect(liveThrough(turn)).toEqual({ status: 0, said: [...TAKING_LEAVE, 'short stopped'], stderr: '' });
  });

  it('ends with 0 when it is told to stop while it opens, and never says that it is ready', () => {
    expect(liveThrough('told-while-opening')).toEqual({
      ...{ status: 0, stderr: '' },
      said: ['opening', ...TAKING_LEAVE, 'short stopped'],
    });
  });

  it.each([
    ['never-done', 'work was still under way when time was up'],
    ['cannot-finish', 'what had begun could not be finished'],
  ])('ends with 1 and says so when the close is %s', (turn, complaint) => {
    const { status, said } = liveThrough(turn);
    expect({ status, last: said.slice(-4) }).toEqual({ status: 1, last: [...TAKING_LEAVE, complaint] });
  });

  it.each([
    ['wrong-setting', 78, 'short: PORT: expected a number\n'],
    ['broken', 1, 'short: the port is taken\n'],
  ])('that cannot be prepared (%s) ends with %d and one line', (turn, status, stderr) => {
    expect(liveThrough(turn)).toEqual({ status, said: [], stderr });
  });
});
