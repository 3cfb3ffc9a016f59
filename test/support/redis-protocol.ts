const CR = 13;
const LF = 10;

/**
 * Cuts a stream of bytes into whole values of the Redis protocol (RESP2): commands on the way there, replies on the
 * way back.
 */
export class RedisValues {
  private rest: Buffer = Buffer.alloc(0);

  /** The values completed by this piece, each with its very bytes. */
  push(chunk: Buffer): readonly Buffer[] {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const values: Buffer[] = [];
    let start = 0;
    for (let end = valueEnd(this.rest, 0); end !== undefined; end = valueEnd(this.rest, start)) {
      values.push(this.rest.subarray(start, end));
      start = end;
    }
    this.rest = this.rest.subarray(start);
    return values;
  }
}

/** The name of a command in lower case. */
export const commandName = (command: Buffer): string => {
  const [, , name = ''] = command.subarray(0, 64).toString('latin1').split('\r\n');
  return name.toLowerCase();
};

/** Where the value that begins at `start` ends, or undefined while it is not complete. */
const valueEnd = (buffer: Buffer, start: number): number | undefined => {
  const lineEnd = endOfLine(buffer, start);
  if (lineEnd === undefined) return undefined;
  const kind = String.fromCharCode(buffer[start] ?? 0);
  if (kind !== '$' && kind !== '*') return lineEnd;
  const length = Number(buffer.toString('latin1', start + 1, lineEnd - 2));
  if (length < 0) return lineEnd;
  if (kind === '$') {
    const end = lineEnd + length + 2;
    return end <= buffer.length ? end : undefined;
  }
  let end: number | undefined = lineEnd;
  for (let item = 0; item < length && end !== undefined; item += 1) end = valueEnd(buffer, end);
  return end;
};

const endOfLine = (buffer: Buffer, start: number): number | undefined => {
  const lf = buffer.indexOf(LF, start);
  return lf > 0 && buffer[lf - 1] === CR ? lf + 1 : undefined;
};
