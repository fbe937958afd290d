import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { AppError } from '#contract/errors';
import { addressProblem, readAllowed } from './domain/address.ts';

/** The address to connect to for a host and port, judged by the rules of everything that goes out. @throws {AppError} `outbound_refused` */
export type HostResolver = (host: string, port: number) => Promise<string>;

/**
 * For what is not HTTP (mail): a name is resolved once and every address it has is judged; the caller connects to the one it is
 * given. Private ones are refused unless listed in OUTBOUND_ALLOW.
 */
export function createHostResolver(allow: readonly string[]): HostResolver {
  const allowed = readAllowed(allow);
  return async (host, port) => {
    const bare = host.toLowerCase().replace(/\.$/, '');
    const all = isIP(bare) === 0 ? (await lookup(bare, { all: true })).map(({ address }) => address) : [bare];
    const problem = allowed.has(`${bare}:${port}`) ? null : all.map(addressProblem).find((one) => one !== null);
    if (problem) throw new AppError('outbound_refused', `${host}: ${problem}`);
    const [first] = all;
    if (first === undefined) throw new Error(`${host} has no address`);
    return first;
  };
}
