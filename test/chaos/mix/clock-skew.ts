import { readFileSync } from 'node:fs';

/**
 * Loaded into a process before everything else (`node --import`): from then on its wall clock is off by as many
 * milliseconds as stand in the file that `CLOCK_FILE` names, whenever they change. The monotonic clock goes on as ever,
 * as it does when the clock of a machine is set.
 */
const file = process.env['CLOCK_FILE'] ?? '';
/** How soon a change counts, in milliseconds. */
const LOOK_EVERY_MS = 1;

const RealDate = Date;
let offsetMs = 0;
let lookedMs = -LOOK_EVERY_MS;

const look = (): void => {
  if (performance.now() - lookedMs < LOOK_EVERY_MS) return;
  lookedMs = performance.now();
  try {
    offsetMs = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    // Nobody has set it yet.
  }
};

const nowMs = (): number => {
  look();
  return RealDate.now() + offsetMs;
};

if (file !== '') {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [nowMs()] : args, newTarget) as Date,
    apply: () => new RealDate(nowMs()).toString(),
    get: (target, name, receiver) => (name === 'now' ? nowMs : (Reflect.get(target, name, receiver) as unknown)),
  });
}
