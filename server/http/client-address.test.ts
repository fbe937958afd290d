import { describe, expect, it } from 'vitest';
import { clientAddress, proxyProblem, trustsOnly } from './client-address.ts';

describe('proxies', () => {
  it('[PROXY1] an entry is an address or a network, not the world, not a name, not IPv4 in IPv6 clothes', () => {
    for (const good of ['10.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1', '192.168.1.0/32'])
      expect([good, proxyProblem(good)]).toEqual([good, null]);
    for (const wrong of [
      '',
      'proxy',
      '10.0.0.1/33',
      '10.0.0.1/',
      '0.0.0.0/0',
      '::/0',
      '::ffff:10.0.0.0/104',
      'fd00::/129',
      '10.0.0.1/8/8',
      '10.0.0.1/x',
    ])
      expect([wrong, proxyProblem(wrong)]).not.toEqual([wrong, null]);
  });
  it('[PROXY2] only listed addresses are believed, also when IPv6 shows them as IPv4', () => {
    const trusts = trustsOnly(['10.0.0.0/24', 'fd00::1']);
    for (const address of ['10.0.0.9', '::ffff:10.0.0.9', 'fd00::1']) expect(trusts(address)).toBe(true);
    for (const address of ['10.0.1.9', '::ffff:10.0.1.9', 'fd00::2', '127.0.0.1', '', 'x'])
      expect(trusts(address)).toBe(false);
    expect(trustsOnly([])('127.0.0.1')).toBe(false);
  });
  it.each([
    ['nobody speaks for a stranger', '9.9.9.9', '1.1.1.1', '9.9.9.9'],
    ['a proxy names its client', '10.0.0.1', '1.1.1.1', '1.1.1.1'],
    ['what the client itself wrote is further left', '10.0.0.1', '6.6.6.6, 1.1.1.1', '1.1.1.1'],
    ['two proxies in a row', '10.0.0.1', '6.6.6.6, 1.1.1.1, 10.0.0.2', '1.1.1.1'],
    ['a proxy that says nothing is the client', '10.0.0.1', undefined, '10.0.0.1'],
    ['what is no address is not believed', '10.0.0.1', '1.1.1.1, unknown', '10.0.0.1'],
  ])('[PROXY2] %s', (_title, peer, header, client) => {
    expect(clientAddress(peer, header, trustsOnly(['10.0.0.0/24']))).toBe(client);
  });
});
