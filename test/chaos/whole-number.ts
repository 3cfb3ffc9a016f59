/**
 * Reads an amount from the environment.
 * @throws Error when it is no whole number, or below the lowest
 */
export const wholeNumberFrom = (name: string, fallback: number, lowest: number): number => {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= lowest) return value;
  throw new Error(`${name}: expected a whole number from ${lowest} on, got ${JSON.stringify(text)}`);
};
