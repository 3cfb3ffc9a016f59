import { HttpClient } from '../support/http.js';
import { type Stack, type StackOptions, startStack } from '../support/stack.js';

const START_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 60_000;

/** The stack of one `describe` or one file. */
export interface RunningStack {
  readonly stack: () => Stack;
  /** Of the first gateway. */
  readonly client: HttpClient;
  /** Of the first two gateways; the second only where two were asked for. */
  readonly clients: readonly [HttpClient, HttpClient];
}

/** Starts a stack before the tests of the enclosing block and ends it after them. */
export const useStack = (options: StackOptions): RunningStack => {
  let running: Stack | undefined;
  const stack = (): Stack => {
    if (running === undefined) throw new Error('the stack did not start, see above');
    return running;
  };
  const clientOf = (index: number): HttpClient =>
    new HttpClient(() => {
      const gateway = stack().gateways[index];
      if (gateway === undefined) throw new Error(`the stack has no gateway ${index}`);
      return gateway.url;
    });
  const clients = [clientOf(0), clientOf(1)] as const;

  beforeAll(async () => {
    running = await startStack(options);
  }, START_LIMIT_MS);

  afterAll(async () => {
    for (const client of clients) client.close();
    await running?.stop();
  }, STOP_LIMIT_MS);

  return { stack, client: clients[0], clients };
};
