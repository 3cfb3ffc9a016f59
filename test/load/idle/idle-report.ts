import { table } from '../measure/table.js';
import type { Transport } from '../push/clients/push-client.js';
import type { Idle } from './watch.js';

export interface WatchedServer extends Idle {
  readonly name: string;
  readonly transport: Transport;
}

const BYTES_GOAL: Readonly<Record<Transport, number>> = { 'long-polling': 16_000, websocket: 12_000 };
const IDLE_GOAL = 0.05;

const percent = (share: number | undefined): string => (share === undefined ? '–' : `${(share * 100).toFixed(2)} %`);
const kilobytes = (bytes: number): string => (bytes / 1_000).toFixed(1);
const verdict = (isMet: boolean): string => (isMet ? 'met' : 'NOT met');

export const idleTable = (watched: readonly WatchedServer[]): string =>
  table(
    [
      'server, transport',
      'kB each',
      '(uncollected)',
      'idle server',
      'idle Redis',
      'renewal server',
      'renewal Redis',
      '(answers while idle)',
    ],
    watched.map(({ name, transport, bytesEach, uncollectedBytesEach, idle, renewal, answersMeanwhile }) => [
      `${name}, ${transport}`,
      kilobytes(bytesEach),
      kilobytes(uncollectedBytesEach),
      percent(idle.server),
      percent(idle.redis),
      percent(renewal?.server),
      percent(renewal?.redis),
      String(answersMeanwhile),
    ]),
  );

export const idleGoals = ({ transport, bytesEach, idle }: WatchedServer): string =>
  [
    `${transport}, memory: ${kilobytes(bytesEach)} kB each (goal ≤ ${kilobytes(BYTES_GOAL[transport])}): ${verdict(bytesEach <= BYTES_GOAL[transport])}`,
    `${transport}, idle: ${percent(idle.server)} of a core (goal < ${percent(IDLE_GOAL)}): ${verdict(idle.server < IDLE_GOAL)}`,
  ].join('\n');
