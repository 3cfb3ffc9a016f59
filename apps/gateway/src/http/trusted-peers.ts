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
      isTrusted = this.lists(plain(socket.remoteAddress));
      this.known.set(socket, isTrusted);
    }
    return isTrusted;
  }

  /**
   * The address that a request really came from: the last one of `X-Forwarded-For` that is no gateway of ours, as long as
   * those that say so are.
   */
  addressOf(socket: Socket, forwardedFor: string | undefined): string {
    let address = plain(socket.remoteAddress);
    const hops = forwardedFor?.split(',') ?? [];
    while (this.lists(address)) {
      const hop = plain(hops.pop()?.trim());
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return address;
  }

  private lists(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.list.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }
}

/** IPv4 peers of a dual-stack listener come as ::ffff:a.b.c.d. */
const plain = (address = ''): string => (address.startsWith('::ffff:') ? address.slice(7) : address);
