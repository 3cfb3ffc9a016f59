import { HandshakeRate } from './handshake-rate.js';

describe('HandshakeRate', () => {
  it('takes as many as it was told, of each address', async () => {
    const rate = new HandshakeRate(2);
    const taken = [];
    for (const address of ['a', 'a', 'a', 'b']) taken.push(await rate.take(address));
    expect(taken).toEqual([true, true, false, true]);
  });
});
