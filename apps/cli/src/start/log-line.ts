/** What the number of a pino level means; warnings and above are shown. */
const LEVELS: readonly (readonly [number, string])[] = [
  [60, 'FATAL'],
  [50, 'ERROR'],
  [40, 'WARN'],
];

/** A quick look before the line is parsed: most lines are requests at level 30. */
const MAY_MATTER = /"level":\s*(?:[4-9]\d|\d{3,}|")/;

/**
 * The human form of a JSON log line of a service, or undefined when it need not be shown: below warning.
 * A line that is no JSON was not written by the logger but is meant for a person, and is shown as it is.
 */
export const shownLine = (service: string, line: string): string | undefined => {
  if (line.trim() === '') return undefined;
  if (!line.startsWith('{')) return line;
  if (!MAY_MATTER.test(line)) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return line;
  }
  const { level, msg, err } = entry as { level?: unknown; msg?: unknown; err?: unknown };
  const rank = typeof level === 'string' ? rankOf(level) : level;
  if (typeof rank !== 'number') return undefined;
  const name = LEVELS.find(([least]) => rank >= least)?.[1];
  if (name === undefined) return undefined;
  const texts = [msg, messageOf(err)].filter((text): text is string => typeof text === 'string' && text !== '');
  return `${service} ${name}: ${[...new Set(texts)].join(': ')}`;
};

const rankOf = (name: string): number | undefined => LEVELS.find(([, known]) => known === name.toUpperCase())?.[0];

const messageOf = (err: unknown): unknown =>
  typeof err === 'object' && err !== null && 'message' in err ? err.message : undefined;
