import ipaddr from 'ipaddr.js';

/** `host:port` pairs an operator has allowed although they are private (OUTBOUND_ALLOW). */
export type Allowed = ReadonlySet<string>;

/** An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, compatible); null when there is none. */
function embedded(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === 'ipv4Mapped') return address.toIPv4Address();
  if (range === '6to4') return new ipaddr.IPv4(bytes.slice(2, 6));
  // of NAT64 only the well-known prefix says where the IPv4 address stands; one of the local network (64:ff9b:1::/48) does not
  const wellKnown = range === 'rfc6052' && bytes.slice(4, 12).every((byte) => byte === 0);
  const compatible = bytes.slice(0, 12).every((byte) => byte === 0);
  return wellKnown || compatible ? new ipaddr.IPv4(bytes.slice(12)) : null;
}

/**
 * Why an address may not be called; null when it may. Only plain unicast of the public internet is: no loopback, private,
 * link-local, multicast, reserved or tunnelled one, in whatever notation it hides.
 * @param ip - as a resolver gives it
 */
export function addressProblem(ip: string): string | null {
  if (!ipaddr.isValid(ip)) return `${ip} is not an address`;
  const address = ipaddr.parse(ip);
  const inner = address.kind() === 'ipv6' ? embedded(address as ipaddr.IPv6) : null;
  if (inner !== null) {
    const problem = addressProblem(inner.toString());
    return problem === null ? null : `${ip} holds ${problem}`;
  }
  const range = address.range();
  return range === 'unicast' ? null : `${ip} is ${range}`;
}

/** A host as it is compared: lower case, without a last dot or brackets. */
const bare = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');

export interface Target {
  readonly url: URL;
  readonly host: string;
  readonly port: number;
  /** Listed in OUTBOUND_ALLOW: its addresses may be private. */
  readonly allowed: boolean;
}

/**
 * Reads where a webhook goes. Literal addresses are judged here, at saving; names again when they are resolved.
 * @returns the target, or in words why it is refused
 */
export function readTarget(text: string, allow: Allowed): Target | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'it is not an absolute address';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'only http and https are called';
  if (url.username !== '' || url.password !== '') return 'a name or password in the address is refused';
  const host = bare(url.hostname); // the parser has read octal, hexadecimal and decimal forms by now
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const allowed = allow.has(`${host}:${port}`);
  if (allowed) return { url, host, port, allowed };
  if (ipaddr.isValid(host)) {
    const problem = addressProblem(host);
    if (problem !== null) return `${problem}; list ${host}:${port} in OUTBOUND_ALLOW if it is meant`;
  }
  if (host === 'localhost' || host.endsWith('.localhost'))
    return `${host} is loopback; list ${host}:${port} in OUTBOUND_ALLOW if it is meant`;
  return { url, host, port, allowed };
}

/** `host:port,…` as OUTBOUND_ALLOW has it. */
export const readAllowed = (list: readonly string[]): Allowed =>
  new Set(
    list.map((pair) => {
      const at = pair.lastIndexOf(':');
      return `${bare(pair.slice(0, at))}${pair.slice(at)}`;
    }),
  );
