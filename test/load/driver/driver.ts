import type { ChildProcess } from 'node:child_process';
import { forkScript, stopProcess } from '../measure/processes.js';
import type { Load, RoundEnd, RoundResult } from './load.js';

export type DriverOrder =
  { readonly type: 'open'; readonly load: Load } | { readonly type: 'run'; readonly end: RoundEnd };

export type DriverAnswer =
  | { readonly type: 'opened' }
  | { readonly type: 'progress'; readonly replies: number }
  | { readonly type: 'ran'; readonly result: RoundResult }
  | { readonly type: 'failed'; readonly message: string };

/** The client of all measurements, in a process of its own: its cost is not the servers'. */
export class Driver {
  private constructor(private readonly child: ChildProcess) {}

  static start(): Driver {
    return new Driver(forkScript('test/load/driver/driver-process.js', {}));
  }

  /**
   * Runs one round of a load.
   * @param around - called when the connections stand, right before the first request; what it gives back is called
   *   right after the last reply
   * @param onProgress - told the number of replies, now and then
   */
  async run(
    load: Load,
    end: RoundEnd,
    around: () => () => void = () => () => undefined,
    onProgress: (replies: number) => void = () => undefined,
  ): Promise<RoundResult> {
    await this.order({ type: 'open', load }, onProgress);
    const finish = around();
    const answer = await this.order({ type: 'run', end }, onProgress);
    finish();
    if (answer.type !== 'ran') throw new Error(`the driver answered ${answer.type}`);
    return answer.result;
  }

  stop(): Promise<void> {
    return stopProcess(this.child);
  }

  private order(order: DriverOrder, onProgress: (replies: number) => void): Promise<DriverAnswer> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.child.off('message', take);
        this.child.off('exit', died);
      };
      const died = (): void => {
        end();
        reject(new Error('the driver ended'));
      };
      const take = (answer: DriverAnswer): void => {
        if (answer.type === 'progress') {
          onProgress(answer.replies);
          return;
        }
        end();
        if (answer.type === 'failed') reject(new Error(`driver: ${answer.message}`));
        else resolve(answer);
      };
      this.child.on('message', take);
      this.child.once('exit', died);
      this.child.send(order);
    });
  }
}
