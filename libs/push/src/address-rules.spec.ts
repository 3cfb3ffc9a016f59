import { AddressRules } from './address-rules.js';

describe('the addresses that may be called', () => {
  const rules = new AddressRules();

  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '172.32.0.1', '::ffff:8.8.8.8'])(
    'are out on the internet: %s',
    (address) => {
      expect(rules.allows(address)).toBe(true);
    },
  );

  it.each([
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '0.0.0.0',
      '10.1.2.3',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
    ],
    ...['100.64.0.1', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', 'ff02::1', '::ffff:127.0.0.1'],
    ...['::ffff:10.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '::ffff:7f00:1', 'localhost', ''],
    ...['::7f00:1', '64:ff9b:1::7f00:1', 'fec0::1', '192.88.99.1', '3fff::1'],
  ])('are never inside: %s', (address) => {
    expect(rules.allows(address)).toBe(false);
  });

  it('are inside where a setting says so, and only there', () => {
    const some = new AddressRules(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32']);
    expect(['10.1.9.9', '127.0.0.1', 'fd00:1::5', '::ffff:10.1.0.1'].map((address) => some.allows(address))).toEqual(
      Array(4).fill(true),
    );
    expect(['10.2.0.1', '127.0.0.2', 'fd00:2::5'].map((address) => some.allows(address))).toEqual(Array(3).fill(false));
  });
});
