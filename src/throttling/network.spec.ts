import { networkOf } from './network';

describe('networkOf', () => {
  it.each([
    ['an IPv4 address is itself', '192.0.2.7', '192.0.2.7'],
    ['a mapped IPv4 address is the IPv4 address', '::ffff:192.0.2.7', '192.0.2.7'],
    ['an IPv6 address is its /64', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['its neighbour is the same', '2001:0DB8:1:2::ffff', '2001:db8:1:2::/64'],
    ['one of the next /64 is another', '2001:db8:1:3::ffff', '2001:db8:1:3::/64'],
    ['zeros that were left out count', '2001:db8::1', '2001:db8:0:0::/64'],
    ['all of them', '::', '0:0:0:0::/64'],
    ['an IPv4 address at the end is two groups', '::192.0.2.7', '0:0:0:0::/64'],
    ['a zone is no part of it', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['what is no address', 'unknown', 'unknown'],
    ['what is very long', '1'.repeat(1000), 'unknown'],
    ['nothing', undefined, 'unknown'],
  ])('%s', (_, ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });
});
