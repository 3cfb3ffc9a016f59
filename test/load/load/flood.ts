import { once } from 'node:events';
import { forkScript, stopProcess } from '../measure/processes.js';
import type { Answers, OpenLoad, OpenResult } from './open-loop.js';

/** Runs an open load in a process of its own: what it costs to send delays nobody who measures here. */
export const runFlood = async (load: OpenLoad): Promise<OpenResult> => {
  const child = forkScript('test/load/load/flood-process.js', {});
  try {
    const died = once(child, 'exit').then(() => {
      throw new Error('the flood ended before it told what came of it');
    });
    const told = once(child, 'message') as Promise<[{ sent: number; byStatus: readonly [number, Answers][] }]>;
    child.send(load);
    const [{ sent, byStatus }] = await Promise.race([told, died]);
    return { sent, byStatus: new Map(byStatus) };
  } finally {
    await stopProcess(child);
  }
};
