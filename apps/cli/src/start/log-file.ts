import { closeSync, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** A log that has grown beyond this is set aside as `.1` at the next start, in bytes. */
const SET_ASIDE_BYTES = 50_000_000;
/** How often new lines are looked for, in milliseconds. */
const LOOK_MS = 100;
const CHUNK_BYTES = 65_536;

/**
 * The log of a service. The service writes to the file itself: a pipe through us would break when we are killed, and a
 * logger that finds its pipe broken at its end may never end. We read along to show what matters.
 */
export class LogFile {
  /** What the service is given as standard output and error. */
  readonly fd: number;
  private readonly timer: NodeJS.Timeout;
  private readonly decoder = new StringDecoder('utf8');
  private readonly buffer = Buffer.alloc(CHUNK_BYTES);
  private position: number;
  private rest = '';

  constructor(
    readonly path: string,
    private readonly onLine: (line: string) => void,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > SET_ASIDE_BYTES) renameSync(path, `${path}.1`);
    this.fd = openSync(path, 'a+');
    this.position = fstatSync(this.fd).size;
    this.timer = setInterval(() => {
      this.catchUp();
    }, LOOK_MS);
  }

  /** Hands on all lines that have been written so far. */
  catchUp(): void {
    for (;;) {
      const bytes = readSync(this.fd, this.buffer, 0, CHUNK_BYTES, this.position);
      if (bytes === 0) return;
      this.position += bytes;
      const lines = (this.rest + this.decoder.write(this.buffer.subarray(0, bytes))).split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) this.onLine(line);
    }
  }

  close(): void {
    clearInterval(this.timer);
    this.catchUp();
    if (this.rest !== '') this.onLine(this.rest);
    closeSync(this.fd);
  }
}
