import { describe, expect, it } from 'vitest';
import { hashToken } from '../people/domain/credential.ts';
import { peopleKeys } from '../people/people-keys.ts';
import { cookieOf, peopleApp, peopleHouse, TEST_INSTANCE, testPeople, timelineOf, until } from '../test/people.ts';

const page = { 'sec-fetch-site': 'same-origin' } as const;
async function house() {
  const it = await peopleHouse();
  const post = (url: string, payload?: object, remoteAddress = '127.0.0.1') =>
    it.app.inject({ method: 'POST', url, headers: page, remoteAddress, ...(payload === undefined ? {} : { payload }) });
  const ask = async () => (await post('/api/v1/kiosks/pairings')).json() as { code: string; secret: string };
  const claim = ({ code, secret }: { code: string; secret: string }) =>
    post('/api/v1/kiosks/pairings/claim', { code, secret });
  const approve = (code: string, name = 'wall-left', more = {}) =>
    it.admin('POST', '/api/v1/kiosks', { code, name, ...more });
  const pairingKey = (code: string) => peopleKeys(it.prefix, TEST_INSTANCE).pairing(hashToken(code));
  return { ...it, post, ask, claim, approve, pairingKey };
}

describe('pairing a kiosk', () => {
  it('[AUTH41] a screen shows a code, an admin approves it, the screen gets a session that only reads', async () => {
    const it = await house();
    const shown = await it.ask();
    expect(shown.code).toMatch(/^[2-9A-HJ-NP-Z]{6}$/);
    expect((await it.claim(shown)).json()).toEqual({ state: 'waiting' });
    const approved = await it.approve(`${shown.code.slice(0, 3)}-${shown.code.slice(3).toLowerCase()}`, '大屏 1');
    expect(approved.statusCode).toBe(201);
    expect(approved.json()).toMatchObject({ name: '大屏 1', claimed: false });
    const paired = await it.claim(shown);
    expect(paired.json()).toMatchObject({
      state: 'paired',
      session: { kind: 'kiosk', role: 'viewer', name: '大屏 1' },
    });
    const { pair, flags } = cookieOf(paired);
    expect(flags).toMatch(/HttpOnly; Secure; SameSite=Strict/);
    const headers = { cookie: pair, ...page };
    const current = await it.app.inject({ url: '/api/v1/sessions/current', headers });
    expect(current.json()).toMatchObject({ kind: 'kiosk', name: '大屏 1' });
    for (const [method, url, payload] of [
      ['GET', '/api/v1/users', undefined],
      ['POST', '/api/v1/users', { name: 'Evil', role: 'admin' }],
      ['POST', '/api/v1/keys', { name: 'k', sources: ['*'] }],
      ['POST', '/api/v1/kiosks', { code: 'AAAAAA', name: 'k' }],
      ['PUT', '/api/v1/users/current/password', { password: 'a good new one' }],
    ] as const)
      expect((await it.app.inject({ method, url, headers, ...(payload && { payload }) })).statusCode).toBe(403);
    const entries = (await timelineOf(it)).slice(-8);
    expect(entries.find(({ kind }) => kind === 'kiosk.paired')).toMatchObject({
      actor: { name: 'admin' },
      params: { name: '大屏 1', days: 30 },
    });
    expect(entries.find(({ params }) => params.via === 'pairing')).toMatchObject({ kind: 'login.succeeded' });
    expect((await it.admin('GET', '/api/v1/kiosks')).json().kiosks).toMatchObject([{ name: '大屏 1', claimed: true }]);
  });
  it('[AUTH42] lasts as long as asked for, 30 days at most', async () => {
    const it = await house();
    const now = Date.now();
    const shown = await it.ask();
    expect((await it.approve(shown.code, 'wall', { days: 31 })).statusCode).toBe(422);
    const approved = (await it.approve(shown.code, 'wall', { days: 2 })).json();
    expect(approved.expiresAtMs - now).toBeLessThan(2 * 86_400_000 + 60_000);
    const { session } = (await it.claim(shown)).json();
    expect(session.expiresAtMs).toBe(approved.expiresAtMs);
    const lifeMs = await it.redis.pttl(peopleKeys(it.prefix, TEST_INSTANCE).token(session.id));
    expect(lifeMs).toBeGreaterThan(2 * 86_400_000 - 60_000);
    expect(lifeMs).toBeLessThanOrEqual(2 * 86_400_000);
    const other = await it.ask();
    await it.approve(other.code, 'wall 2');
    const flags = cookieOf(await it.claim(other)).flags;
    expect(Number(/Max-Age=(\d+)/.exec(flags)?.[1])).toBeLessThanOrEqual(30 * 86_400);
  });
  it('[AUTH43] the sixth wrong code of an approver is 429, and so is a right one after it', async () => {
    const it = await house();
    const { code } = await it.ask();
    const wrong = ['AAAAAA', 'nonsense', 'BBBBBB', '*', 'CCCCCC'];
    for (const typed of wrong) expect((await it.approve(typed)).statusCode).toBe(404);
    const sixth = await it.approve('DDDDDD');
    expect(sixth.json()).toMatchObject({ code: 'code_limited' });
    expect(sixth.statusCode).toBe(429);
    expect((await it.approve(code)).statusCode).toBe(429);
    const commander = it.as(it.access.roles.commander.token);
    expect((await commander('POST', '/api/v1/kiosks', { code, name: 'wall' })).statusCode).toBe(201);
  });
  it('[AUTH44] after ten minutes a code is 410, for the approver and for the screen', async () => {
    const it = await house();
    const shown = await it.ask();
    const key = it.pairingKey(shown.code);
    const endMs = Number(await it.redis.hget(key, 'expiresAtMs'));
    const [seconds] = await it.redis.time();
    expect(endMs - Number(seconds) * 1_000).toBeGreaterThan(590_000);
    expect(endMs - Number(seconds) * 1_000).toBeLessThanOrEqual(601_000);
    await it.redis.hset(key, 'expiresAtMs', String(Number(seconds) * 1_000 - 1)); // its ten minutes are over
    expect((await it.approve(shown.code)).json()).toMatchObject({ code: 'code_expired' });
    const late = await it.claim(shown);
    expect(late.json()).toMatchObject({ code: 'code_expired' });
    expect(late.statusCode).toBe(410);
  });
  it('[AUTH45] a code is good once: the second approval and the second claim are 410', async () => {
    const it = await house();
    const second = await peopleApp((await testPeople(it)).people);
    const shown = await it.ask();
    expect((await it.approve(shown.code)).statusCode).toBe(201);
    expect((await it.approve(shown.code, 'other')).json()).toMatchObject({ code: 'code_used' });
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? it.app : second).inject({
          method: 'POST',
          url: '/api/v1/kiosks/pairings/claim',
          payload: { code: shown.code, secret: shown.secret },
        }),
      ),
    );
    expect(claims.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(claims.filter(({ statusCode }) => statusCode === 410)).toHaveLength(19);
  });
  it('[AUTH46] who reads the code off the wall cannot claim it: the secret stays with the screen', async () => {
    const it = await house();
    const shown = await it.ask();
    const other = await it.ask();
    await it.approve(shown.code);
    expect((await it.claim({ code: shown.code, secret: other.secret })).statusCode).toBe(404);
    expect((await it.claim(shown)).statusCode).toBe(200);
  });
  it('[AUTH47] ten codes a minute for one address', async () => {
    const it = await house();
    for (let i = 0; i < 10; i++) await it.ask();
    const reply = await it.post('/api/v1/kiosks/pairings');
    expect(reply.json()).toMatchObject({ code: 'code_limited' });
    expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    expect((await it.post('/api/v1/kiosks/pairings', undefined, '10.0.0.9')).statusCode).toBe(201);
  });
  it('[AUTH48] a revoked kiosk is out on every node, cannot be claimed any more, and its name is free', async () => {
    const it = await house();
    const other = await testPeople(it);
    const [shown, unclaimed] = [await it.ask(), await it.ask()];
    const kiosk = (await it.approve(shown.code)).json();
    expect((await it.approve(unclaimed.code)).json()).toMatchObject({ code: 'name_taken' });
    const waiting = (await it.approve(unclaimed.code, 'wall-right')).json();
    const { pair } = cookieOf(await it.claim(shown));
    expect(await other.people.authenticate({ cookie: pair })).toMatchObject({ kind: 'kiosk', name: 'wall-left' });
    expect((await it.admin('DELETE', `/api/v1/kiosks/${kiosk.id}`)).statusCode).toBe(204);
    expect(await it.people.authenticate({ cookie: pair })).toBeNull();
    await until(async () => (await other.people.authenticate({ cookie: pair })) === null);
    await it.admin('DELETE', `/api/v1/kiosks/${waiting.id}`);
    expect((await it.claim(unclaimed)).statusCode).toBe(404);
    expect((await it.admin('DELETE', `/api/v1/kiosks/${kiosk.id}`)).statusCode).toBe(404);
    expect((await it.approve((await it.ask()).code)).statusCode).toBe(201);
  });
});
