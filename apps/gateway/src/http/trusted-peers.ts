import { BlockList, isIP } from 'node:net';
import type { Socket } from 'node:net';

/** The peers whose `gms_user` header is believed: gateways in front that set or verify it. */
export class TrustedPeers {
  private readonly list = new BlockList();
  private readonly known = new WeakMap<Socket, boolean>();

  /** @param networks - addresses or CIDR blocks @param trustsAll - every peer's header counts */
  constructor(
    networks: readonly string[],
    private readonly trustsAll: boolean,
  ) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.list.addAddress(address, family);
      else this.list.addSubnet(address, Number(bits), family);
    }
  }

  includes(socket: Socket): boolean {
    if (this.trustsAll) return true;
    let isTrusted = this.known.get(socket);
    if (isTrusted === undefined) {
      const address = socket.remoteAddress ?? '';
      // IPv4 peers of a dual-stack listener come as ::ffff:a.b.c.d.
      const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
      isTrusted = isIP(plain) !== 0 && this.list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
      this.known.set(socket, isTrusted);
    }
    return isTrusted;
  }
}
