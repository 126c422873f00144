import { describe, expect, it } from 'vitest';
import { addressClass, networkAddress } from './network-address.ts';

describe('addresses', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1', '127.0.0.0/24'],
    ['192.0.2.7', '192.0.2.7', '192.0.2.0/24'],
    ['::ffff:10.1.2.3', '10.1.2.3', '10.1.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64', 'fe80:0:0:0::/64'],
    ['unix', 'unix', 'unix'],
    ['', '', ''],
  ])('S-22 S-08: %s counts as %s and is of %s', (remote, address, network) => {
    expect(networkAddress(remote)).toBe(address);
    expect(addressClass(remote)).toBe(network);
  });

  it('none at all is none', () => {
    expect(networkAddress(undefined)).toBe('');
  });
});
