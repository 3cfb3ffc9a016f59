import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ChaosOutcome {
  readonly code: number;
  /** The whole of it names the seed, and what went wrong. */
  readonly printed: string;
}

/**
 * Runs the short form of a chaos program.
 * @param name - of its file below `test/chaos`
 * @param limitMs - after which it is ended, in milliseconds
 */
export const runChaos = async (
  name: 'mix-chaos' | 'cometd-chaos' | 'power-cut',
  limitMs: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<ChaosOutcome> => {
  const { PATH = '', HOME = '' } = process.env;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [join('dist', 'test', 'chaos', `${name}.js`)], {
      cwd: ROOT,
      timeout: limitMs,
      env: { PATH, HOME, QUICK: '1', ...environment },
    });
    return { code: 0, printed: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, printed: stdout + stderr };
  }
};
