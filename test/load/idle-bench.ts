import { release } from 'node:os';
import { readIdleOptions } from './idle/idle-options.js';
import { idleGoals, idleTable, type WatchedServer } from './idle/idle-report.js';
import { BARE, PRODUCT, startBare, startProduct } from './idle/idle-server.js';
import { watchIdle } from './idle/watch.js';
import { PushDriver } from './push/push-driver.js';

const options = readIdleOptions();
const { users, seconds, holdSeconds } = options;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`# Idle: node ${process.version}, ${process.platform} ${release()}, watched for ${seconds} s\n`);
say(`${users} users, one connection each, connects held for ${holdSeconds} s\n`);
const watched: WatchedServer[] = [];
for (const transport of ['long-polling', 'websocket'] as const) {
  for (const [name, start] of [
    [PRODUCT, startProduct],
    [BARE, startBare],
  ] as const) {
    const driver = PushDriver.start();
    try {
      const server = await start(holdSeconds);
      try {
        watched.push({ name, transport, ...(await watchIdle(driver, name, server, transport, options)) });
      } finally {
        await driver.stop();
        await server.stop();
      }
    } finally {
      await driver.stop();
    }
  }
}
say(idleTable(watched));
say('');
for (const server of watched) if (server.name === PRODUCT) say(idleGoals(server));
