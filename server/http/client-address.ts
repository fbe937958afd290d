import { BlockList, isIP } from 'node:net';

/** Whether an address is one of our proxies, whose word on the client (`X-Forwarded-*`) is believed. */
export type Trusts = (address: string) => boolean;
export const trustsNobody: Trusts = () => false;

const family = (address: string): 'ipv4' | 'ipv6' | null =>
  isIP(address) === 4 ? 'ipv4' : isIP(address) === 6 ? 'ipv6' : null;
/** A socket that listens on IPv6 shows IPv4 peers as `::ffff:10.0.0.1`. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');

/** Says what is wrong with an entry of TRUSTED_PROXIES; null when it is an address or a network. */
export function proxyProblem(entry: string): string | null {
  const [address = '', bits, ...more] = entry.split('/');
  const kind = family(address);
  if (kind === null || more.length > 0) return 'is not an address or a network like 10.0.0.0/8';
  if (kind === 'ipv6' && /^::ffff:/i.test(address)) return 'is an IPv4 address in IPv6 clothes; write it as IPv4';
  if (bits === undefined) return null;
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (length > (kind === 'ipv4' ? 32 : 128) || length < 0) return 'has no such network length';
  return length === 0 ? 'is the whole world: anybody could then say who they are' : null;
}

/** @param entries - addresses and networks that `proxyProblem` accepts; none: nobody is believed */
export function trustsOnly(entries: readonly string[]): Trusts {
  if (entries.length === 0) return trustsNobody;
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', bits] = entry.split('/');
    const kind = family(address) ?? 'ipv4';
    if (bits === undefined) list.addAddress(address, kind);
    else list.addSubnet(address, Number(bits), kind);
  }
  return (address) => {
    const kind = family(plain(address));
    return kind !== null && list.check(plain(address), kind);
  };
}

/**
 * Who really asks: walks `X-Forwarded-For` from the right as long as the one who says so is trusted. What is no address is
 * not believed. As fastify does it for requests; this one is for websockets.
 */
export function clientAddress(peer: string, forwardedFor: string | string[] | undefined, trusts: Trusts): string {
  const said = (Array.isArray(forwardedFor) ? forwardedFor.join(',') : (forwardedFor ?? ''))
    .split(',')
    .map((part) => part.trim());
  let client = peer;
  while (trusts(client)) {
    const next = said.pop();
    if (next === undefined || family(plain(next)) === null) return client;
    client = next;
  }
  return client;
}
