import { release } from 'node:os';
import { heldPart } from './load/held-part.js';
import { type LoadPart, readLoadOptions } from './load/load-options.js';
import type { LoadOptions } from './load/load-options.js';
import { overloadPart } from './load/overload-part.js';
import { soakPart } from './load/soak-part.js';
import { stormPart } from './load/storm-part.js';
import { writesPart } from './load/writes-part.js';

const RUN: Readonly<Record<LoadPart, (options: LoadOptions) => Promise<string>>> = {
  writes: writesPart,
  held: heldPart,
  storm: stormPart,
  overload: overloadPart,
  soak: soakPart,
};

const options = readLoadOptions();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say(`# Load: node ${process.version}, ${process.platform} ${release()}, everything on this machine\n`);
for (const part of options.parts) say(await RUN[part](options));
