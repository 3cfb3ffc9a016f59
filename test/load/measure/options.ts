/** How much a benchmark does. */
export interface BenchOptions {
  /** Rounds of each server; the figures printed are medians over them. */
  readonly rounds: number;
  /** Length of a round in seconds. */
  readonly seconds: number;
  /** A few seconds in all, to see that everything still runs; the figures mean nothing. */
  readonly isQuick: boolean;
}

/** A number above 0 from the environment. @throws Error that names the variable */
export const numberFrom = (name: string, fallback: number): number => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name}: expected a number above 0, got ${JSON.stringify(text)}`);
};

/** Reads `ROUNDS`, `SECONDS` and `QUICK` from the environment. */
export const readOptions = (defaults: { readonly rounds: number; readonly seconds: number }): BenchOptions => {
  const isQuick = process.env['QUICK'] === '1';
  return {
    rounds: Math.round(numberFrom('ROUNDS', isQuick ? 1 : defaults.rounds)),
    seconds: numberFrom('SECONDS', isQuick ? 0.3 : defaults.seconds),
    isQuick,
  };
};
