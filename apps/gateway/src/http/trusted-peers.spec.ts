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
});
