import { once } from 'node:events';
import { createWriteStream, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';

/** A log that has grown beyond this is set aside as `.1` at the next start, in bytes. */
const SET_ASIDE_BYTES = 50_000_000;

/** Sets an overgrown log aside, so that a data folder stays bounded by twice the limit per log and start. */
export const openLogFile = (file: string): LogFile => {
  mkdirSync(dirname(file), { recursive: true });
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > SET_ASIDE_BYTES) renameSync(file, `${file}.1`);
  return new LogFile(file);
};

/** Appends what a service prints to a file and hands every line on. */
export class LogFile {
  private readonly stream;
  private trouble: Error | undefined;

  constructor(readonly path: string) {
    this.stream = createWriteStream(path, { flags: 'a' });
    // A full disk must not end the services: what cannot be kept is still shown.
    this.stream.on('error', (error) => {
      this.trouble = error;
    });
  }

  /** Follows an output to its end. A slow disk slows the reader down instead of filling the memory. */
  async follow(output: Readable, onLine: (line: string) => void): Promise<void> {
    const lines = new PassThrough();
    createInterface({ input: lines, crlfDelay: Infinity }).on('line', onLine);
    for await (const chunk of output as AsyncIterable<Buffer>) {
      lines.write(chunk);
      if (this.trouble === undefined && !this.stream.write(chunk)) {
        await Promise.race([once(this.stream, 'drain'), once(this.stream, 'close')]);
      }
    }
    lines.end();
  }

  async close(): Promise<void> {
    if (this.stream.closed) return;
    this.stream.end();
    await once(this.stream, 'close');
  }
}
