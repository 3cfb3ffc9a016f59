import type { Stack } from '../support/stack.js';

/** Prints what was measured: a test that only passes says less than its figures. */
export const figure = (what: string, figures: Readonly<Record<string, string | number>>): void => {
  const text = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stdout.write(`${what}: ${text.join(', ')}\n`);
};

/** Lines of a process that are printed at most. */
const LINES_MAX = 3;
/** The level of errors in the log. */
const ERROR = '"level":50';

/** Prints the first errors that each process has logged: there should be none, whatever Redis does. */
export const reportErrors = (stack: Stack | undefined): void => {
  for (const { logs } of [...(stack?.gateways ?? []), ...(stack?.workers ?? [])]) {
    const errors = logs()
      .split('\n')
      .filter((line) => line.includes(ERROR));
    for (const line of errors.slice(0, LINES_MAX)) process.stdout.write(`${line}\n`);
  }
};
