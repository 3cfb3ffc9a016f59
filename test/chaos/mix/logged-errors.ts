/** How pino writes the levels `error` and `fatal`. */
const IS_ERROR = /"level":(?:50|60|"error"|"fatal")/;

/** What processes have logged as errors, by message, with how often. */
export const loggedErrors = (logs: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const line of logs.flatMap((log) => log.split('\n'))) {
    if (!IS_ERROR.test(line)) continue;
    const { msg = line, err } = JSON.parse(line) as {
      readonly msg?: string;
      readonly err?: { readonly message?: string };
    };
    const message = err?.message === undefined ? msg : `${msg}: ${err.message}`;
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return counts;
};
