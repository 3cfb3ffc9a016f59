import { freePort } from '@app/redis';

/** As many different free ports on 127.0.0.1 as asked for; random, so that test files can run side by side. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
};
