import { type ChaosOutcome, runChaos } from '../support/chaos-program.js';

/** Seconds in all, where nothing is wrong: what is lost is waited for. */
const LIMIT_MS = 120_000;

/** The short form of `npm run chaos:cometd`. */
const chaos = (environment: Readonly<Record<string, string>>): Promise<ChaosOutcome> =>
  runChaos('cometd-chaos', LIMIT_MS - 5_000, environment);

describe('CometD under chaos: gateways killed in turn, replies destroyed, clients that vanish and come back', () => {
  it(
    'tells every customer everything, in order, nothing twice',
    async () => {
      const { code, printed } = await chaos({ SEEDS: '2' });
      expect(code === 0 ? '' : printed).toBe('');
      expect(printed).toMatch(/^\| 1 +\| +\d+ \| .* \| +0 \|$/m);
      expect(printed).toMatch(/^\| 2 +\| +\d+ \| .* \| +0 \|$/m);
      expect(printed).toContain('All events, in order, none twice.');
    },
    LIMIT_MS,
  );

  it('does not start on amounts that make no sense', async () => {
    const { code, printed } = await chaos({ SEEDS: '0' });
    expect(code).not.toBe(0);
    expect(printed).toContain('SEEDS: expected a whole number from 1 on, got "0"');
  });
});
