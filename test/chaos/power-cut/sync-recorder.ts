import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

const PARENT = join(import.meta.dirname, '..', '..', '..');
const COMPILERS = ['cc', 'gcc', 'clang'];

/** There is no C compiler here. */
export class NoCompilerError extends Error {
  override readonly name = 'NoCompilerError';
}

/** Compiles the library that notes what was synced. @returns its path @throws NoCompilerError */
export const compileSyncRecorder = (folder: string): string => {
  mkdirSync(folder, { recursive: true });
  const library = join(folder, 'sync-recorder.so');
  const source = join(PARENT, 'test/chaos/power-cut/sync-recorder.c');
  for (const compiler of COMPILERS) {
    const { error, status, stderr } = spawnSync(compiler, ['-shared', '-fPIC', '-O2', '-o', library, source, '-ldl'], {
      encoding: 'utf8',
    });
    if (error !== undefined) continue;
    if (status === 0) return library;
    throw new NoCompilerError(`${compiler} cannot compile sync-recorder.c:\n${stderr}`);
  }
  throw new NoCompilerError('no C compiler is there: apt-get install gcc libc6-dev');
};

/** What a power cut took. */
export interface Cut {
  readonly files: number;
  /** Bytes that had been written and not synced. */
  readonly bytes: number;
}

/**
 * Cuts the files below a folder to what had been synced, as if the power had failed when their writer was killed. A file
 * of which nothing was ever synced is left empty: its name alone may have survived.
 */
export const cutPower = (folder: string, recordFile: string): Cut => {
  const synced = new Map<string, number>();
  for (const line of readFileSync(recordFile, 'utf8').split('\n')) {
    const [file = '', size] = line.split(' ');
    // A file that was cut itself is synced to less than before.
    if (size !== undefined) synced.set(file, Number(size));
  }
  let [files, bytes] = [0, 0];
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name);
    const { dev, ino, size, isFile } = lookAt(path);
    if (!isFile) continue;
    const kept = Math.min(size, synced.get(`${dev}:${ino}`) ?? 0);
    if (kept === size) continue;
    files += 1;
    bytes += size - kept;
    truncateSync(path, kept);
  }
  return { files, bytes };
};

const lookAt = (path: string): { dev: bigint; ino: bigint; size: number; isFile: boolean } => {
  const stat = statSync(path, { bigint: true });
  return { dev: stat.dev, ino: stat.ino, size: Number(stat.size), isFile: stat.isFile() };
};
