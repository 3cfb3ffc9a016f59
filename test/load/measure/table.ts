import { type Cost, medianCost, sumUs } from './cost.js';
import { median } from './statistics.js';

/** A Markdown table, its columns aligned so that it reads well in a terminal too; all columns but the first are numbers. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => {
    const padded = widths.map((width, column) => {
      const cell = cells[column] ?? '';
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    return `| ${padded.join(' | ')} |`;
  };
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
};

/** A figure with as many decimals as it is worth. */
export const figure = (value: number): string => {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
};

/** The medians of several servers' rounds. */
export const costTable = (
  servers: readonly { readonly name: string; readonly costs: readonly Cost[] }[],
  per: string,
): string =>
  table(
    ['server', `server µs/${per}`, `Redis µs/${per}`, 'sum µs', `${per}s/s`, 'p50 ms', 'p99 ms', 'reply bytes'],
    servers.map(({ name, costs }) => {
      const cost = medianCost(costs);
      return [
        name,
        figure(cost.serverUs),
        figure(cost.redisUs),
        figure(median(costs.map(sumUs))),
        cost.requestsPerS.toFixed(0),
        figure(cost.p50Ms),
        figure(cost.p99Ms),
        cost.bodyBytes.toFixed(0),
      ];
    }),
  );

/** `1.52 × bare (1.49–1.56 over 5 rounds; goal ≤ 1.60)`. */
export const ratioLine = (what: string, ratios: readonly number[], goal: number, yardstick = 'bare'): string =>
  `${what}: ${median(ratios).toFixed(2)} × ${yardstick} (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)} over ${ratios.length} rounds; goal ≤ ${goal.toFixed(2)})`;
