import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { SettingsError } from '@app/config';
import { createLogger } from '@app/observability';
import { runProcess } from '../process-life.js';

/** A process that tells itself to stop; its argument says when, or what goes wrong. Its spec starts it as built code. */
const [turn] = process.argv.slice(2);
/** Written at once, so that lines stay in order even where the process ends right after. */
const destination = { write: (line: string) => writeSync(process.stdout.fd, line) };
const logger = createLogger({ name: 'short', level: 'info', destination });
const never = new Promise<never>(() => undefined);
const tellToStop = (): void => {
  process.kill(process.pid, 'SIGTERM');
};
let failToOpen: (error: Error) => void = () => undefined;
/** Like the listeners of a process, holds it until it is closed. */
const listener = setInterval(() => undefined, 60_000);

runProcess('short', async () => {
  if (turn === 'wrong-setting') throw new SettingsError('PORT: expected a number');
  if (turn === 'broken') throw new Error('the port is taken');
  if (turn === 'told-early') {
    const told = once(process, 'SIGTERM');
    tellToStop();
    await told;
  }
  let isSet = false;
  return {
    logger,
    clock: {
      get isSet() {
        return isSet;
      },
      start: () => {
        if (turn === 'no-redis') {
          tellToStop();
          return Promise.reject(new Error('nobody answers'));
        }
        isSet = true;
        return Promise.resolve();
      },
    },
    readiness: {
      open: () => {
        logger.info('ready to the outside');
        tellToStop();
      },
      drain: () => {
        logger.info('not ready to the outside');
      },
    },
    shutdownTimeoutMs: 200,
    open: () => {
      logger.info('opening');
      if (turn !== 'told-while-opening') return Promise.resolve();
      tellToStop();
      return new Promise((_, reject) => {
        failToOpen = reject;
      });
    },
    close: async () => {
      logger.info('closing');
      clearInterval(listener);
      failToOpen(new Error('the connection is closed'));
      if (turn === 'never-done') await never;
      if (turn === 'cannot-finish') throw new Error('planted');
      await new Promise(setImmediate);
    },
  };
});
