import { isIPv4, isIPv6 } from 'node:net';

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

/** What one customer has: an IPv4 address, or the /64 that is given to one of IPv6 whole. What is no address stands for itself. */
export function networkAddress(remote: string | undefined): string {
  const address = (remote ?? '').toLowerCase().replace(/%.*$/, '');
  const mapped = MAPPED.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? prefix64(address) : address;
}

/** What stays while somebody moves within their network: IPv4 /24, IPv6 /64. What is no address stands for itself. */
export function addressClass(remote: string): string {
  const address = networkAddress(remote);
  return isIPv4(address) ? `${address.split('.').slice(0, 3).join('.')}.0/24` : address;
}

function prefix64(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
