import { retryUntil, StoreUnavailableError } from './retry.js';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });
const lost = new Error('Connection is closed.');

/** Fails with these errors, then succeeds; remembers the attempts. */
const failing = (...errors: readonly Error[]) => {
  const attempts: number[] = [];
  const operation = (attempt: number): Promise<string> => {
    attempts.push(attempt);
    const error = errors[attempt];
    return error === undefined ? Promise.resolve('done') : Promise.reject(error);
  };
  return { attempts, operation };
};

/** A clock that shows these times, then the last for ever. */
const clockOf =
  (...times: number[]): (() => number) =>
  () =>
    (times.length > 1 ? times.shift() : times[0]) ?? 0;

describe('retryUntil', () => {
  it('runs an operation that succeeds once', async () => {
    const { attempts, operation } = failing();
    await expect(retryUntil(operation, 1_000)).resolves.toBe('done');
    expect(attempts).toEqual([0]);
  });

  it('tries again when the outcome is unknown or Redis is not ready, and says which try it is', async () => {
    const { attempts, operation } = failing(lost, reply('LOADING Redis is loading the dataset in memory'));
    await expect(retryUntil(operation, 1_000)).resolves.toBe('done');
    expect(attempts).toEqual([0, 1, 2]);
  });

  it('gives up at once when Redis refuses all writes', async () => {
    const error = reply('OOM command not allowed when used memory');
    const { attempts, operation } = failing(error);
    const result = retryUntil(operation, 1_000);
    await expect(result).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(result).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: error });
    expect(attempts).toEqual([0]);
  });

  it('does not try a command again that is wrong in itself', async () => {
    const error = reply('ERR wrong number of arguments');
    const { attempts, operation } = failing(error);
    await expect(retryUntil(operation, 1_000)).rejects.toBe(error);
    expect(attempts).toEqual([0]);
  });

  it('gives up at the deadline, with the last error as the cause', async () => {
    const { attempts, operation } = failing(lost, lost, lost, lost);
    const result = retryUntil(operation, 100, clockOf(0, 0, 0, 0, 99));
    await expect(result).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', cause: lost });
    expect(attempts.length).toBeLessThan(4);
  });

  it('waits for no try beyond the deadline', async () => {
    const operation = (attempt: number): Promise<string> =>
      attempt === 0 ? Promise.reject(lost) : new Promise<string>(() => undefined);
    await expect(retryUntil(operation, 50)).rejects.toBeInstanceOf(StoreUnavailableError);
  });
});
