import { describe, expect, it } from 'vitest';
import { hashToken, readCookie, readCredential, sessionCookieName } from './credential.ts';

const token = `wrs_${'a'.repeat(43)}`;
const other = `wrk_${'b'.repeat(43)}`;
describe('readCredential', () => {
  for (const { title, headers, want } of [
    { title: 'nothing', headers: {}, want: null },
    { title: 'a cookie', headers: { cookie: `x=1; c=${token}` }, want: token },
    { title: 'a bearer', headers: { authorization: `Bearer ${token}` }, want: token },
    { title: 'a bearer in lower case', headers: { authorization: `bearer ${token}` }, want: token },
    {
      title: 'a bearer before a cookie',
      headers: { authorization: `Bearer ${other}`, cookie: `c=${token}` },
      want: other,
    },
    {
      title: 'never the cookie behind a bad bearer',
      headers: { authorization: 'Bearer x', cookie: `c=${token}` },
      want: null,
    },
    { title: 'a password of Basic', headers: { authorization: `Basic ${btoa(`prometheus:${token}`)}` }, want: token },
    { title: 'no Basic without a password', headers: { authorization: `Basic ${token}` }, want: null },
    {
      title: 'never the cookie behind a bad Basic',
      headers: { authorization: `Basic ${btoa('a:b')}`, cookie: `c=${token}` },
      want: null,
    },
    { title: 'no other scheme', headers: { authorization: `Token ${token}` }, want: null },
    { title: 'no cookie that comes twice', headers: { cookie: `c=${token}; c=${token}` }, want: null },
    { title: 'no cookie with another name', headers: { cookie: `xc=${token}; C=${token}` }, want: null },
    { title: 'nothing with a foreign shape', headers: { cookie: `c=${token}{}` }, want: null },
  ])
    it(`[AUTH2] takes ${title}`, () => expect(readCredential(headers, 'c')).toBe(want));
});
describe('cookie', () => {
  it('[AUTH3] is tied to the host where it is safe, and to the instance', () => {
    expect(sessionCookieName(true, 'i1')).toMatch(/^__Host-warroom-[0-9a-f]{8}$/);
    expect(sessionCookieName(false, 'i1')).toMatch(/^warroom-/);
    expect(sessionCookieName(true, 'i1')).not.toBe(sessionCookieName(true, 'i2'));
  });
  it('[AUTH3] a value may hold an equals sign', () => expect(readCookie('a=b=c', 'a')).toBe('b=c'));
  it('[AUTH1] a hash is SHA-256 in hex', () =>
    expect(hashToken('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'));
});
