import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `parley` as built, with these settings and no others. */
export const parley = (env: Readonly<Record<string, string>>, ...args: readonly string[]): CommandResult => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${root}dist/apps/cli/src/main.js`, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: 30_000,
    maxBuffer: 67_108_864,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  return { status, stdout, stderr };
};
