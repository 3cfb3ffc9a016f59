import { medianCost, sumUs } from '../measure/cost.js';
import { median } from '../measure/statistics.js';
import { figure, ratioLine, table } from '../measure/table.js';
import { BARE, BARE_CURSORS, PRODUCT, SOCKET_IO } from './candidate.js';
import type { Transport } from './clients/push-client.js';
import type { Compared, Measured } from './compare-transport.js';

const BARE_GOAL = 1.3;
const SOCKET_IO_GOAL = 1;
const BARES = [BARE, BARE_CURSORS];
const P99_GOAL_MS = 150;
/** Commands that come less often than this per message are not worth a line. */
const COMMANDS_MIN = 0.005;

/** Each round's processor time of a message, without what its writing alone costs Redis. */
const deliveryUs = ({ costs, writingUs }: Measured): readonly number[] => costs.map((cost) => sumUs(cost) - writingUs);

const wholeUs = ({ costs }: Measured): readonly number[] => costs.map(sumUs);

const ratios = (ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.map((us, round) => us / (theirs[round] ?? Number.NaN));

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'NOT met');

const costs = (all: readonly Measured[]): string =>
  table(
    ['server', 'server µs', 'Redis µs', '(its writing)', 'delivery µs', 'messages/s', 'p50 ms', 'p99 ms', 'bytes'],
    all.map((measured) => {
      const cost = medianCost(measured.costs);
      return [
        measured.name,
        figure(cost.serverUs),
        figure(cost.redisUs),
        figure(measured.writingUs),
        figure(median(deliveryUs(measured))),
        cost.requestsPerS.toFixed(0),
        figure(cost.p50Ms),
        figure(cost.p99Ms),
        cost.bodyBytes.toFixed(0),
      ];
    }),
  );

const commandLine = ({ name, commands }: Measured): string => {
  const often = [...commands].filter(([, calls]) => calls >= COMMANDS_MIN).sort(([, a], [, b]) => b - a);
  return `${name}: ${often.map(([command, calls]) => `${command} ${figure(calls)}`).join(', ')}`;
};

const named = (all: readonly Measured[], name: string): Measured => {
  const found = all.find((measured) => measured.name === name);
  if (found === undefined) throw new Error(`${name} was not measured`);
  return found;
};

const besideLines = (
  transport: Transport,
  saturated: readonly Measured[],
  yardstick: string,
  goal: number,
): readonly string[] => {
  const ours = named(saturated, PRODUCT);
  const theirs = named(saturated, yardstick);
  const delivery = ratios(deliveryUs(ours), deliveryUs(theirs));
  return [
    `${ratioLine(`${transport}, delivery`, delivery, goal, yardstick)}: ${verdict(median(delivery) <= goal)}`,
    `  with the writing: ${median(ratios(wholeUs(ours), wholeUs(theirs))).toFixed(2)} × ${yardstick}`,
  ];
};

/** Tables and goals of one transport. */
export const pushReport = (transport: Transport, { saturated, steady }: Compared, perS: number): string => {
  const p99Ms = medianCost(named(steady, PRODUCT).costs).p99Ms;
  return [
    `## ${transport}, at saturation\n`,
    costs(saturated),
    `\n## ${transport}, ${perS} messages/s\n`,
    costs(steady),
    '\nCommands of Redis per message at saturation, the writing among them:\n',
    ...saturated.filter(({ commands }) => commands.size > 0).map((measured) => `- ${commandLine(measured)}`),
    '',
    ...besideLines(transport, saturated, SOCKET_IO, SOCKET_IO_GOAL),
    ...(transport === 'long-polling'
      ? BARES.flatMap((bare) => besideLines(transport, saturated, bare, BARE_GOAL))
      : []),
    `${transport}, p99 at ${perS} messages/s: ${figure(p99Ms)} ms (goal < ${P99_GOAL_MS}): ${verdict(p99Ms < P99_GOAL_MS)}`,
    '',
  ].join('\n');
};
