import type { Socket } from 'node:net';
import { TrustedPeers } from './trusted-peers.js';

const from = (remoteAddress: string | undefined): Socket => ({ remoteAddress }) as Socket;

describe('TrustedPeers', () => {
  const peers = new TrustedPeers(['127.0.0.0/8', '::1', '10.1.2.3', 'fd00::/8'], false);

  it.each(['127.0.0.1', '127.9.9.9', '::1', '10.1.2.3', '::ffff:10.1.2.3', 'fd00::17'])('believes %s', (address) => {
    expect(peers.includes(from(address))).toBe(true);
  });

  it.each(['10.1.2.4', '192.168.1.1', '::ffff:8.8.8.8', '2001:db8::1', '', undefined])(
    'does not believe %s',
    (address) => {
      expect(peers.includes(from(address))).toBe(false);
    },
  );

  it('believes everybody only when told to', () => {
    expect(new TrustedPeers([], true).includes(from('8.8.8.8'))).toBe(true);
  });

  it.each([
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '8.8.8.8', '8.8.8.8'],
    ['127.0.0.1', '1.1.1.1, 8.8.8.8, 10.1.2.3', '8.8.8.8'],
    ['127.0.0.1', '10.1.2.3', '10.1.2.3'],
    ['127.0.0.1', 'nonsense', '127.0.0.1'],
    ['9.9.9.9', '8.8.8.8', '9.9.9.9'],
    [undefined, '8.8.8.8', ''],
  ])('finds where a request of %s, forwarded for %s, came from: %s', (peer, forwardedFor, address) => {
    expect(peers.addressOf(from(peer), forwardedFor)).toBe(address);
  });
});
