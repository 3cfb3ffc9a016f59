import type { ChildProcess } from 'node:child_process';

interface Order {
  readonly id: number;
  readonly order: unknown;
}

type Answer<T> = { readonly id: number; readonly answer: T } | { readonly id: number; readonly failure: string };

let orders = 0;

/** Gives a child process an order and waits for its answer. @throws Error with what the child threw, or when it ended */
export const ask = <Answered>(child: ChildProcess, order: unknown): Promise<Answered> =>
  new Promise((resolve, reject) => {
    orders += 1;
    const id = orders;
    const end = (): void => {
      child.off('message', take);
      child.off('exit', died);
    };
    const died = (): void => {
      end();
      reject(new Error('the process that was asked has ended'));
    };
    const take = (answer: Answer<Answered>): void => {
      if (answer.id !== id) return;
      end();
      if ('failure' in answer) reject(new Error(answer.failure));
      else resolve(answer.answer);
    };
    child.on('message', take);
    child.once('exit', died);
    child.send({ id, order } satisfies Order);
  });

/** Carries out what the parent asks for, until the parent goes or wants this process to end. */
export const obey = (carryOut: (order: unknown) => Promise<unknown>): void => {
  process.on('message', ({ id, order }: Order) => {
    carryOut(order).then(
      (answer) => process.send?.({ id, answer: answer ?? null }),
      (error: unknown) => process.send?.({ id, failure: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
  process.once('SIGTERM', () => process.exit(0));
};
