import { findingText, type LogicReport } from '@app/logic';

const list = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));

const statusText = ([status, dialogs]: readonly [string, readonly string[]]): string =>
  dialogs.length === 0 ? status : `${status} (${dialogs.join(', ')})`;

/** What a check found out, for the person at the terminal; ends with a line break. */
export const reportText = (file: string, report: LogicReport): string => {
  const { errors, warnings, states, unreached, effects, statuses, deadlines } = report;
  const lines = [
    ...errors.map((finding) => findingText(file, finding)),
    ...warnings.map(({ message, ...where }) => findingText(file, { message: `warning: ${message}`, ...where })),
  ];
  if (errors.length > 0) lines.push(`${file}: ${errors.length} ${errors.length === 1 ? 'fault' : 'faults'}`);
  else {
    lines.push(
      `${file}: ok`,
      `  states:    ${list(states)}`,
      `  statuses:  ${list(Object.entries(statuses).map(statusText))}`,
      `  effects:   ${list(effects)}`,
      `  deadlines: ${list(deadlines)}`,
    );
    if (unreached.length > 0) lines.push(`  not reached when it was tried: ${list(unreached)}`);
  }
  return `${lines.join('\n')}\n`;
};
