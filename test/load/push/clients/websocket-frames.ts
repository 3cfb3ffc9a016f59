const FIN_TEXT = 0x81;
const FIN_PONG = 0x8a;
const OPCODE = 0x0f;
const MASKED = 0x80;
const PING = 9;
const PONG = 10;
const MASK_BYTES = 4;
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;

/** A frame of a client: masked, as it must be, with a key of zeros, which leaves the text as it is. */
const frame = (first: number, payload: Buffer): Buffer => {
  const isShort = payload.length < TWO_BYTE_LENGTH;
  const head = Buffer.alloc((isShort ? 2 : 4) + MASK_BYTES);
  head[0] = first;
  if (isShort) {
    head[1] = MASKED | payload.length;
  } else {
    head[1] = MASKED | TWO_BYTE_LENGTH;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
};

/** @param text - shorter than 65,536 bytes */
export const textFrame = (text: string): Buffer => frame(FIN_TEXT, Buffer.from(text));

/** Takes the frames of a server apart, however they are cut. */
export class FrameReader {
  private rest: Buffer | undefined;

  /**
   * @param answer - is given the pong for a ping
   * @throws Error when the server closes, or sends what servers of the benchmarks do not send
   */
  take(chunk: Buffer, onText: (text: Buffer) => void, answer: (pong: Buffer) => void): void {
    const data = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (at + 2 <= data.length) {
      const first = data[at] ?? 0;
      const short = data[at + 1] ?? 0;
      const headBytes = short === EIGHT_BYTE_LENGTH ? 10 : short === TWO_BYTE_LENGTH ? 4 : 2;
      if (at + headBytes > data.length) break;
      const length =
        short === EIGHT_BYTE_LENGTH
          ? Number(data.readBigUInt64BE(at + 2))
          : short === TWO_BYTE_LENGTH
            ? data.readUInt16BE(at + 2)
            : short;
      const end = at + headBytes + length;
      if (end > data.length) break;
      const payload = data.subarray(at + headBytes, end);
      at = end;
      const opcode = first & OPCODE;
      if (first === FIN_TEXT) onText(payload);
      else if (opcode === PING) answer(frame(FIN_PONG, payload));
      else if (opcode !== PONG) throw new Error(`a server ends a websocket, or cuts a text: frame ${first}`);
    }
    this.rest = at === data.length ? undefined : data.subarray(at);
  }
}
