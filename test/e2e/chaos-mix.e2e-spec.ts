import { type ChaosOutcome, runChaos } from '../support/chaos-program.js';

/** Less than a minute in all, where nothing is wrong: what is lost is waited for. */
const LIMIT_MS = 180_000;

/** The short form of `npm run chaos`. */
const chaos = (environment: Readonly<Record<string, string>>): Promise<ChaosOutcome> =>
  runChaos('mix-chaos', LIMIT_MS - 5_000, environment);

describe('a random mix of faults: processes killed and drained, Redis killed, frozen and full, networks that lose', () => {
  it(
    'loses, doubles, leaks and reorders nothing, and proves its checker first',
    async () => {
      const { code, printed } = await chaos({ SEEDS: '2' });
      expect(code === 0 ? '' : printed).toBe('');
      expect(printed).toMatch(/^# Random mix of faults: seeds 1, 2;/);
      expect(printed.match(/^checker: .*: found /gm)).toHaveLength(17);
      expect(printed).toMatch(/^\| 1 +\| +everysec \| .* \| +0 \|$/m);
      expect(printed).toMatch(/^\| 2 +\| +always \| .* \| +0 \|$/m);
      expect(printed).toContain('Nothing lost, doubled, leaked or out of order.');
    },
    LIMIT_MS,
  );

  it('does not start on amounts that make no sense', async () => {
    const { code, printed } = await chaos({ MINUTES: '0.5' });
    expect(code).not.toBe(0);
    expect(printed).toContain('MINUTES: expected a whole number from 1 on, got "0.5"');
  });
});
