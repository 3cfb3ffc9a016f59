import { numberFrom } from '../measure/options.js';

export const PARTS = ['writes', 'held', 'storm', 'overload', 'soak'] as const;
export type LoadPart = (typeof PARTS)[number];

/** How much the load benchmark does. */
export interface LoadOptions {
  readonly parts: readonly LoadPart[];
  /** Messages a second that are kept with fsync always. */
  readonly writesPerS: number;
  /** Connects that are held, and the messages a second that come for them. */
  readonly held: number;
  readonly heldPerS: number;
  /** Chats that are written to, and connections of a flood. */
  readonly chats: number;
  readonly floodConnections: number;
  readonly seconds: number;
  readonly soakMinutes: number;
}

/** Reads `PARTS`, `WRITES`, `HELD`, `RATE`, `SECONDS`, `MINUTES` and `QUICK` from the environment. */
export const readLoadOptions = (): LoadOptions => {
  const isQuick = process.env['QUICK'] === '1';
  const named = (process.env['PARTS'] ?? '').split(',').filter((part) => part !== '');
  const stranger = named.find((part) => !PARTS.some((known) => known === part));
  if (stranger !== undefined) throw new Error(`PARTS: expected some of ${PARTS.join(', ')}, got ${stranger}`);
  return {
    parts: named.length === 0 ? PARTS : PARTS.filter((part) => named.includes(part)),
    writesPerS: numberFrom('WRITES', isQuick ? 200 : 1_500),
    held: Math.round(numberFrom('HELD', isQuick ? 50 : 5_000)),
    heldPerS: numberFrom('RATE', isQuick ? 50 : 500),
    chats: isQuick ? 100 : 500,
    floodConnections: isQuick ? 200 : 3_000,
    seconds: numberFrom('SECONDS', isQuick ? 0.5 : 20),
    soakMinutes: numberFrom('MINUTES', isQuick ? 0.03 : 20),
  };
};
