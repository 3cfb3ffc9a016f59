import { FrameReader, textFrame } from './websocket-frames.js';

/** A frame as a server sends it. */
const served = (text: string, first = 0x81): Buffer => {
  const payload = Buffer.from(text);
  if (payload.length < 126) return Buffer.concat([Buffer.from([first, payload.length]), payload]);
  if (payload.length < 65_536) {
    const head = Buffer.from([first, 126, 0, 0]);
    head.writeUInt16BE(payload.length, 2);
    return Buffer.concat([head, payload]);
  }
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
};

describe('frames of a websocket', () => {
  it.each([1, 7, 100_000])('are found when they come in pieces of %i bytes', (size) => {
    const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(70_000)];
    const all = Buffer.concat(texts.map((text) => served(text)));
    const reader = new FrameReader();
    const found: string[] = [];
    for (let at = 0; at < all.length; at += size) {
      reader.take(
        all.subarray(at, at + size),
        (text) => found.push(text.toString()),
        () => undefined,
      );
    }
    expect(found).toEqual(texts);
  });

  it('have a ping answered with a masked pong of the same words', () => {
    const pongs: Buffer[] = [];
    new FrameReader().take(
      served('well?', 0x89),
      () => undefined,
      (pong) => pongs.push(pong),
    );
    expect(pongs).toEqual([Buffer.concat([Buffer.from([0x8a, 0x85, 0, 0, 0, 0]), Buffer.from('well?')])]);
  });

  it('tell that the server ends', () => {
    const take = (): void => {
      new FrameReader().take(
        served('', 0x88),
        () => undefined,
        () => undefined,
      );
    };
    expect(take).toThrow('ends');
  });

  it('of a client are masked, short and long', () => {
    expect(textFrame('ab')).toEqual(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 97, 98]));
    expect(textFrame('x'.repeat(300)).subarray(0, 8)).toEqual(Buffer.from([0x81, 0xfe, 1, 44, 0, 0, 0, 0]));
  });
});
