import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports to draw from: above the well-known ones and low enough that a cluster bus (port + 10000) stays below the
 * ephemeral range of Linux (32768), where any outgoing connection could take it.
 */
const LOWEST = 10_240;
const HIGHEST = 22_767;

/** Why a port cannot be listened on: the code of the system (`EADDRINUSE`, `EACCES`, …), or undefined when it can. */
export const portTrouble = (port: number, host = '127.0.0.1'): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });

/**
 * A port on 127.0.0.1 that nothing listens on.
 * @param companions - offsets that must be free as well, such as 10000 for a cluster bus
 */
export const freePort = async (companions: readonly number[] = []): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    const troubles = await Promise.all([0, ...companions].map((offset) => portTrouble(port + offset)));
    if (troubles.every((trouble) => trouble === undefined)) return port;
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST} in 100 attempts`);
};
