import { release } from 'node:os';
import { compareServers } from './write/compare-servers.js';
import { compareLayers } from './write/compare-layers.js';
import { runTwoGateways } from './write/two-gateways.js';
import { Driver } from './driver/driver.js';
import { readOptions } from './measure/options.js';

const options = readOptions({ rounds: 5, seconds: 3 });
const driver = Driver.start();
const say = (text: string): void => void process.stdout.write(`${text}\n`);
try {
  say(`# Write: node ${process.version}, ${process.platform} ${release()}, ${options.rounds} × ${options.seconds} s\n`);
  await compareServers(driver, options, say);
  await runTwoGateways(driver, options, say);
  await compareLayers(driver, options, say);
} finally {
  await driver.stop();
}
