import { type OpenLoad, runOpenLoop } from './open-loop.js';

/** Sends one open load from a process of its own, and tells what came of it. */
process.once('message', (load: OpenLoad) => {
  void runOpenLoop(load).then(({ sent, byStatus }) => process.send?.({ sent, byStatus: [...byStatus] }));
});
process.once('disconnect', () => process.exit(0));
process.once('SIGTERM', () => process.exit(0));
