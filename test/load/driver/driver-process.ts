import { ClosedLoop } from './closed-loop.js';
import type { DriverAnswer, DriverOrder } from './driver.js';

/** How often the parent is told how far a round is, in milliseconds. */
const PROGRESS_MS = 20;

let loop: ClosedLoop | undefined;

const answer = (message: DriverAnswer): void => {
  process.send?.(message);
};

const obey = async (order: DriverOrder): Promise<DriverAnswer> => {
  if (order.type === 'open') {
    loop = await ClosedLoop.open(order.load);
    return { type: 'opened' };
  }
  if (loop === undefined) throw new Error('a driver opens a load before it runs it');
  const running = loop;
  const progress = setInterval(() => {
    answer({ type: 'progress', replies: running.replies });
  }, PROGRESS_MS);
  try {
    return { type: 'ran', result: await running.run(order.end) };
  } finally {
    clearInterval(progress);
    running.close();
    loop = undefined;
  }
};

process.on('message', (order: DriverOrder) => {
  obey(order).then(answer, (error: unknown) => {
    answer({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
