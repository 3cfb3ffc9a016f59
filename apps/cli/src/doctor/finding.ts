/** What a look at one thing came to. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'FAILED';
  readonly what: string;
  /** What to do about it. */
  readonly remedy?: string;
}

export const ok = (what: string): Finding => ({ level: 'ok', what });
export const warn = (what: string, remedy: string): Finding => ({ level: 'warn', what, remedy });
export const failed = (what: string, remedy: string): Finding => ({ level: 'FAILED', what, remedy });

/** One line, and one below it with what to do. */
export const findingText = ({ level, what, remedy }: Finding): string =>
  `${level.padEnd(7)} ${what}\n${remedy === undefined ? '' : `        → ${remedy}\n`}`;
