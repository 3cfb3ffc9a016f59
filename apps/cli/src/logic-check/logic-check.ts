import { readFileSync } from 'node:fs';
import { checkLogic } from '@app/logic';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { reportText } from './report-text.js';

/** Checks the file of a service logic and prints what it found; exit code 65 when a service could not run it. */
export const logicCheck = async (args: readonly string[]): Promise<number> => {
  const [file, ...rest] = args;
  if (file === undefined || rest.length > 0) {
    throw new CommandFailure('logic-check: expected one file, such as services/logic/advanced-chat-poll.mjs', 64);
  }
  const report = await checkLogic(sourceOf(file));
  const isSound = report.errors.length === 0;
  (isSound ? process.stdout : process.stderr).write(reportText(file, report));
  return isSound ? exitCode.ok : exitCode.data;
};

const sourceOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    throw new CommandFailure(`logic-check: ${file}: expected a readable file, got ${code}`, exitCode.data);
  }
};
