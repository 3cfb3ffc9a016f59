import { release } from 'node:os';
import { startStore } from './measure/bench-store.js';
import { cpuTimeUs } from './measure/cpu-time.js';
import { readOptions } from './measure/options.js';
import { median } from './measure/statistics.js';
import { figure, table } from './measure/table.js';
import { CallCentre } from './route/call-centre.js';

const GOAL_PER_S = 2_000;
/** Turns side by side, as a worker has several services in hand. */
const LANES_MAX = 32;

const options = readOptions({ rounds: 5, seconds: 2 });
const agents = options.isQuick ? 20 : 1_000;
const lanes = Math.min(LANES_MAX, agents / 2);
const queues = options.isQuick ? [50, 200] : [1_000, 10_000, 100_000];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Round {
  readonly perS: number;
  readonly processUs: number;
  readonly redisUs: number;
}

const store = await startStore();

const measure = async (centre: CallCentre): Promise<Round> => {
  const [processBefore, redisBefore] = [cpuTimeUs(process.pid), cpuTimeUs(store.redis.pid)];
  const before = centre.matches;
  const startMs = performance.now();
  const endMs = startMs + options.seconds * 1_000;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < endMs) await centre.turn();
    }),
  );
  const matches = centre.matches - before;
  return {
    perS: matches / ((performance.now() - startMs) / 1_000),
    processUs: (cpuTimeUs(process.pid) - processBefore) / matches,
    redisUs: (cpuTimeUs(store.redis.pid) - redisBefore) / matches,
  };
};

try {
  say(
    `# Routing: node ${process.version}, ${process.platform} ${release()}, ${options.rounds} × ${options.seconds} s\n`,
  );
  say(
    `${agents} agents, all of them busy; ten skills. A turn: a chat ends, its agent gets the one that has waited longest,`,
  );
  say('the match is confirmed, and another customer comes.\n');
  const rows: string[][] = [];
  const sums: number[] = [];
  let atGoal = 0;
  for (const waiting of queues) {
    const centre = await CallCentre.open(store.redisUrl, waiting, agents);
    const rounds: Round[] = [];
    await measure(centre);
    for (let round = 0; round < options.rounds; round += 1) rounds.push(await measure(centre));
    centre.close();
    const [perS, processUs, redisUs] = [
      median(rounds.map((round) => round.perS)),
      median(rounds.map((round) => round.processUs)),
      median(rounds.map((round) => round.redisUs)),
    ];
    sums.push(processUs + redisUs);
    if (waiting === 10_000 || options.isQuick) atGoal = perS;
    rows.push([String(waiting), perS.toFixed(0), figure(processUs), figure(redisUs), figure(processUs + redisUs)]);
  }
  say(table(['waiting', 'matches/s', 'process µs/match', 'Redis µs/match', 'sum µs'], rows));
  const [least = 1] = sums;
  const most = sums.at(-1) ?? 0;
  const [few = 1] = queues;
  const many = queues.at(-1) ?? few;
  const allowed = Math.log2(many) / Math.log2(few);
  say('');
  say(`matches: ${atGoal.toFixed(0)} a second (goal ≥ ${GOAL_PER_S}): ${atGoal >= GOAL_PER_S ? 'met' : 'NOT met'}`);
  say(
    `growth from ${few} to ${many} waiting: ${(most / least).toFixed(2)} × (goal ≤ ${allowed.toFixed(2)}, as the logarithm): ${most / least <= allowed ? 'met' : 'NOT met'}`,
  );
} finally {
  await store.redis.stop();
}
