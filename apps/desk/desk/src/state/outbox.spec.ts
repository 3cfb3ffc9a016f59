import { said } from '../testing/samples.js';
import { type Command, unechoed } from './outbox.js';
import { addLines } from './transcript-line.js';

const command = (key: string, text: string, since = '2-0'): Command => ({
  ...{ key, serviceId: 's1', label: 'Message', path: 'messages', body: { text }, state: 'pending', problem: null },
  echo: { kind: 'message', text, since },
});
const left = (commands: readonly Command[], ...texts: readonly string[]) =>
  unechoed(
    commands,
    's1',
    addLines(
      [],
      texts.map((text, index) => said(`${index + 3}-0`, 'kate', text)),
    ),
    'kate',
  ).map(({ key }) => key);

describe('commands on their way', () => {
  it('stand in the transcript until it has them itself', () => {
    expect(left([command('a', 'hello')])).toEqual(['a']);
    expect(left([command('a', 'hello')], 'hello')).toEqual([]);
  });

  it('are told apart when they say the same', () => {
    expect(left([command('a', 'yes'), command('b', 'yes')], 'yes')).toEqual(['b']);
    expect(left([command('a', 'yes'), command('b', 'yes')], 'yes', 'yes')).toEqual([]);
  });

  it('are not mistaken for what was said before', () => {
    expect(left([command('a', 'yes', '3-0')], 'yes')).toEqual(['a']);
  });

  it('are shown in their own chat only', () => {
    expect(unechoed([command('a', 'yes')], 's2', [], 'kate')).toEqual([]);
  });
});
