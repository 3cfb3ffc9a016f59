import { fileURLToPath } from 'node:url';
import { Launcher } from './launcher.js';
import { readLaunchSettings } from './launch-settings.js';
import { listenForStop } from './stop-request.js';

/** What development mode does with a running launcher. */
export interface StartOptions {
  readonly isDevelopment?: boolean;
  readonly onLaunch?: (launcher: Launcher) => void;
}

const entryPoint = (app: string): string => fileURLToPath(new URL(`../../../${app}/src/main.js`, import.meta.url));

/**
 * Brings up Redis, gateway and worker, and stays until Ctrl-C.
 * @returns the exit code
 */
export const start = async ({ isDevelopment = false, onLaunch }: StartOptions = {}): Promise<number> => {
  const settings = readLaunchSettings(process.env);
  // A terminal that was closed takes no more lines; the orderly end goes on without it.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const { stop, hurry, dispose } = listenForStop();
  stop.addEventListener('abort', () => process.stdout.write('\nStopping …\n'));
  try {
    const launcher = new Launcher({
      settings,
      env: process.env,
      mains: { gateway: entryPoint('gateway'), worker: entryPoint('worker') },
      isDevelopment,
      print: (line) => process.stdout.write(`${line}\n`),
      stop,
      hurry,
    });
    onLaunch?.(launcher);
    return await launcher.run();
  } finally {
    dispose();
  }
};
