import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { withStore } from '../store/store-access.js';

const SHOWN = 50;
const SHOWN_MAX = 100_000;

/** `audit [--last N]`: what administrators did, newest first. */
export const audit = async (args: readonly string[]): Promise<number> => {
  const [option, text] = args;
  const count = args.length === 0 ? SHOWN : option === '--last' && args.length === 2 ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count) || count < 1 || count > SHOWN_MAX) {
    throw new CommandFailure(`audit: expected nothing, or --last N with N from 1 to ${SHOWN_MAX}`, exitCode.usage);
  }
  return withStore(async ({ audit: log }) => {
    const entries = await log.list(count);
    for (const { atMs, act, by, subject, outcome } of entries) {
      process.stdout.write(`${new Date(atMs).toISOString()}  ${act.padEnd(18)} ${by}  ${subject}  ${outcome}\n`);
    }
    if (entries.length === 0) process.stdout.write('Nothing yet.\n');
    return exitCode.ok;
  });
};
