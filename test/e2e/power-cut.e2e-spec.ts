import { runChaos } from '../support/chaos-program.js';

const LIMIT_MS = 120_000;

describe('a power cut of a single Redis', () => {
  it(
    'takes nothing that was answered with always, and something with everysec',
    async () => {
      const { code, printed } = await runChaos('power-cut', LIMIT_MS - 5_000);
      expect(code === 0 ? '' : printed).toBe('');
      expect(printed).toMatch(/^\| always +\| +\d{4} \| +2 \| +\d+ \| +0 \| +0 \| +0 \|/m);
      expect(printed).toMatch(/^\| everysec +\| +\d{4} \| +2 \| +\d+ \| +[1-9]\d* \|/m);
      expect(printed).toContain('answered messages lost with always.');
    },
    LIMIT_MS,
  );
});
