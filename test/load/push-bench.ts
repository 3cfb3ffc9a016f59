import { release } from 'node:os';
import { compareOver } from './push/compare-transport.js';
import { readPushOptions } from './push/push-options.js';
import { pushReport } from './push/push-report.js';

const options = readPushOptions();
const { rounds, seconds, users, undelivered, perS, transports } = options;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`# Push: node ${process.version}, ${process.platform} ${release()}, ${rounds} × ${seconds} s\n`);
say(`${users} connected users, a chat each; at saturation ${undelivered} messages are always undelivered\n`);
for (const transport of transports) {
  say(pushReport(transport, await compareOver(transport, options), perS));
}
