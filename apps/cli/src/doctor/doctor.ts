import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { storeSettings, withStore } from '../store/store-access.js';
import { failed, type Finding, findingText, ok } from './finding.js';
import { checkMachine } from './machine-check.js';
import { checkRedis } from './redis-check.js';

/** `doctor`: what is as it must be here, what is not, and what to do about it. Exit code 1 when something has to be done. */
export const doctor = async (args: readonly string[]): Promise<number> => {
  if (args.length > 0) throw new CommandFailure('doctor takes no arguments', exitCode.usage);
  const findings: Finding[] = [];
  const say = (...more: readonly Finding[]): void => {
    findings.push(...more);
    for (const finding of more) process.stdout.write(findingText(finding));
  };
  try {
    const settings = storeSettings(process.env);
    say(ok('settings'), ...checkMachine(settings));
    await withStore(async (store) => {
      say(...(await checkRedis(store)));
    });
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const what = error.code === exitCode.unavailable ? 'Redis' : 'settings';
    say(failed(what, error.message.replaceAll('\n', '; ')));
  }
  const count = (level: Finding['level']): number => findings.filter((finding) => finding.level === level).length;
  process.stdout.write(`\n${count('ok')} ok, ${count('warn')} to look at, ${count('FAILED')} failed\n`);
  return count('FAILED') === 0 ? exitCode.ok : exitCode.failed;
};
