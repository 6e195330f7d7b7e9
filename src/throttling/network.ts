import { canonicalIp } from '../sessions/device-info';

/**
 * Whom an address stands for: an IPv4 address for itself, an IPv6 address for its /64, from which one host may take as many as it
 * likes (RFC 6177 §2). All that is no address counts as one.
 */
export function networkOf(ip: unknown): string {
  const address = canonicalIp(ip);
  if (address === null) return 'unknown';
  return address.includes(':') ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** The eight groups of an IPv6 address, `::` written out. */
function groupsOf(address: string): string[] {
  const [left = [], right = []] = address.split('::').map((side) => (side === '' ? [] : side.split(':')));
  return [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
}
