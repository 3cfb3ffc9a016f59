import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Reads `watch PID` and `release PID` lines; when the pipe closes, however its other end died, it kills what is still
 * watched and removes the folder.
 */
const SCRIPT = `
pids=' '
while read -r verb pid; do
  case $verb in
    watch) pids="$pids$pid " ;;
    release) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
kill -9 $pids 2>/dev/null
rm -rf "$1"
`;

/**
 * Sees to it that no server of a test outlives its process. Handlers of `exit` do not run in a test sandbox, nor when a
 * worker is killed; a pipe closes always.
 */
class RedisReaper {
  /** Holds the data of all servers of this process. */
  readonly folder = mkdtempSync(join(tmpdir(), 'parley-redis-'));
  private readonly child: ChildProcess;
  private count = 0;

  constructor() {
    this.child = spawn('sh', ['-c', SCRIPT, 'redis-reaper', this.folder], {
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    });
    // It must not keep a finished test run from ending.
    this.child.unref();
    if (this.child.stdin instanceof Socket) this.child.stdin.unref();
  }

  newFolder(): string {
    this.count += 1;
    const folder = join(this.folder, String(this.count));
    mkdirSync(folder);
    return folder;
  }

  watch(pid: number): void {
    this.child.stdin?.write(`watch ${pid}\n`);
  }

  release(pid: number): void {
    this.child.stdin?.write(`release ${pid}\n`);
  }
}

let reaper: RedisReaper | undefined;

/** The one of this process, started at first use. */
export const redisReaper = (): RedisReaper => (reaper ??= new RedisReaper());
