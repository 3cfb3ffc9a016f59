import { BlockList, isIP } from 'node:net';

/** Networks that are nobody's on the internet: whoever is told to call one of them is told to look inside. */
const INSIDE = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...[
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
  ],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  // ::/96 holds :: and ::1, and IPv4 in a form that has been given up; the first of 64:ff9b leads to any IPv4.
  ...['::/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
  ...['fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
];

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(bits), familyOf(address));
  }
  return list;
};

/** IPv4 in IPv6's clothes is judged as what it is. */
const plain = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

/** Which addresses may be called. */
export class AddressRules {
  private static readonly inside = listOf(INSIDE);
  private readonly allowed: BlockList;

  /** @param allowedNetworks - inside networks that may be called all the same */
  constructor(allowedNetworks: readonly string[] = []) {
    this.allowed = listOf(allowedNetworks);
  }

  allows(address: string): boolean {
    const bare = plain(address);
    if (isIP(bare) === 0) return false;
    const family = familyOf(bare);
    return this.allowed.check(bare, family) || !(AddressRules.inside.check(bare, family) || /^::ffff:/i.test(bare));
  }
}
