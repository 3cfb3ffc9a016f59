import type { EntryId } from '../api/shapes.js';
import { isAfter } from './entry-id.js';
import type { Line } from './transcript-line.js';

/** A command on its way to the server; its key makes a repeat harmless. */
export interface Command {
  readonly key: string;
  readonly serviceId: string;
  /** In words, for when it fails. */
  readonly label: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** What stands in the transcript until the server says so itself. */
  readonly echo: Echo | null;
  readonly state: 'pending' | 'failed' | 'done';
  /** Why it failed. */
  readonly problem: string | null;
}

export interface Echo {
  readonly kind: 'message' | 'whisper' | 'url';
  readonly text: string;
  /** The last event that was there before. */
  readonly since: EntryId;
}

/** An echo's own event among the lines that no other echo has taken. */
const findOwn = (
  echo: Echo,
  lines: readonly Line[],
  agentId: string,
  taken: ReadonlySet<EntryId>,
): Line | undefined => {
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    const line = lines[index];
    if (line === undefined || !isAfter(line.id, echo.since)) return undefined;
    const isOwn = line.kind === echo.kind && line.participantId === agentId && line.text === echo.text;
    if (isOwn && !taken.has(line.id)) return line;
  }
  return undefined;
};

/** Commands of a chat that its transcript does not show by itself yet. */
export const unechoed = (
  commands: readonly Command[],
  serviceId: string,
  lines: readonly Line[],
  agentId: string,
): readonly Command[] => {
  const taken = new Set<EntryId>();
  return commands.filter(({ serviceId: of, echo }) => {
    if (of !== serviceId || echo === null) return false;
    const own = findOwn(echo, lines, agentId, taken);
    if (own !== undefined) taken.add(own.id);
    return own === undefined;
  });
};
