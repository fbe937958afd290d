import { describe, expect, it } from 'vitest';
import { addressProblem, readAllowed, readTarget } from './address.ts';
import { signWebhook, verifyWebhook } from './sign.ts';

const nobody = readAllowed([]);

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
    '198.18.0.1',
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fd12::1',
    'ff02::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::127.0.0.1',
    '2002:7f00:1::', // 6to4 of 127.0.0.1
    '2002:c0a8:101::', // of 192.168.1.1
    '64:ff9b::7f00:1', // NAT64 of 127.0.0.1
    '64:ff9b::a9fe:a9fe', // of 169.254.169.254
    '64:ff9b:1:7f00:0:100:808:808', // NAT64 of a local network, of 127.0.0.1 behind a public ending
    '2001::1', // Teredo
    'localhost',
  ])('[OUT1] %s is not called', (ip) => expect(addressProblem(ip)).not.toBeNull());
  it.each(['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808'])(
    '[OUT1] %s may be',
    (ip) => expect(addressProblem(ip)).toBeNull(),
  );
  it.each([
    'http://127.0.0.1/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://2130706433/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://api.localhost/',
    'http://user@example.com/',
    'http://user:pw@example.com/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    '//example.com/',
    'example.com',
    '',
  ])('[OUT2] %s is refused at saving', (url) => expect(typeof readTarget(url, nobody)).toBe('string'));
  it('[OUT2] a public name or address is taken, with its port', () => {
    expect(readTarget('https://hooks.example.com/a?b', nobody)).toMatchObject({ host: 'hooks.example.com', port: 443 });
    expect(readTarget('http://8.8.8.8:8080/', nobody)).toMatchObject({ port: 8_080, allowed: false });
  });
  it('[OUT3] OUTBOUND_ALLOW opens exactly one host and port', () => {
    const allow = readAllowed(['127.0.0.1:9093', '[::1]:80', 'Hooks.Intern:8443']);
    expect(readTarget('http://127.0.0.1:9093/x', allow)).toMatchObject({ allowed: true });
    expect(readTarget('http://0x7f.1:9093/x', allow)).toMatchObject({ allowed: true });
    expect(readTarget('http://[::1]/x', allow)).toMatchObject({ allowed: true });
    expect(readTarget('https://hooks.intern:8443/x', allow)).toMatchObject({ allowed: true });
    expect(typeof readTarget('http://127.0.0.1:9094/x', allow)).toBe('string');
    expect(typeof readTarget('http://127.0.0.2:9093/x', allow)).toBe('string');
    expect(readTarget('https://hooks.intern/x', allow)).toMatchObject({ allowed: false });
  });
});

describe('signatures (Standard Webhooks)', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const older = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
  const atMs = 1_614_265_330_000;
  const body = '{"test": 2432232314}';
  it('[OUT4] is the published example to the letter', () => {
    expect(signWebhook([secret], id, atMs, body)).toEqual({
      'webhook-id': id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });
  it('[OUT4] body, id, time and secret are all bound; two secrets hold during a change', () => {
    const headers = { ...signWebhook([secret, older], id, atMs, body) };
    expect(verifyWebhook([secret], headers, body, atMs)).toBe(true);
    expect(verifyWebhook([older], headers, body, atMs)).toBe(true);
    expect(verifyWebhook([secret], headers, `${body} `, atMs)).toBe(false);
    expect(verifyWebhook([secret], { ...headers, 'webhook-id': 'other' }, body, atMs)).toBe(false);
    expect(verifyWebhook([secret], { ...headers, 'webhook-timestamp': '1614265331' }, body, atMs)).toBe(false);
    expect(verifyWebhook(['whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], headers, body, atMs)).toBe(false);
    expect(verifyWebhook([secret], headers, body, atMs + 300_000)).toBe(true);
    expect(verifyWebhook([secret], headers, body, atMs + 301_000)).toBe(false);
    expect(verifyWebhook([secret], headers, body, atMs - 301_000)).toBe(false);
    expect(verifyWebhook([secret], { ...headers, 'webhook-signature': undefined }, body, atMs)).toBe(false);
  });
});
