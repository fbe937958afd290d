import { describe, expect, it } from 'vitest';
import type { Principal } from '#contract/permissions';
import { peopleApp, peopleHouse, TEST_INSTANCE, testPeople, timelineOf, until } from '../test/people.ts';
import { createAuthenticator } from './authenticator.ts';
import { hashToken } from './domain/credential.ts';
import { nameKey } from './domain/names.ts';
import { PASSWORD_COST } from './passwords.ts';
import { peopleKeys } from './people-keys.ts';
import { createPresence } from './presence.ts';
import type { Revocation } from './types.ts';

/** Two nodes of one instance; `heard` is what the second was told. */
async function twoNodes() {
  const house = await peopleHouse();
  const other = await testPeople(house);
  const heard: Revocation[] = [];
  other.people.onRevoked((revocation) => heard.push(revocation));
  const onOther = (token: string): Promise<Principal | null> =>
    other.people.authenticate({ authorization: `Bearer ${token}` });
  const { users } = (await house.admin('GET', '/api/v1/users')).json();
  const idOf = (name: string): string => users.find((user: { name: string }) => user.name === name).id;
  return { house, other, heard, onOther, idOf };
}

describe('revoking', () => {
  for (const { title, reason, act } of [
    {
      title: 'a lower role',
      reason: 'role',
      act: ({ house, idOf }: Awaited<ReturnType<typeof twoNodes>>) =>
        house.admin('PATCH', `/api/v1/users/${idOf('oncall')}`, { role: 'viewer' }),
    },
    {
      title: 'a lock',
      reason: 'disabled',
      act: ({ house, idOf }) => house.admin('PATCH', `/api/v1/users/${idOf('oncall')}`, { disabled: true }),
    },
    {
      title: 'a reset',
      reason: 'reset',
      act: ({ house, idOf }) => house.admin('POST', `/api/v1/users/${idOf('oncall')}/reset`),
    },
    {
      title: 'a new password',
      reason: 'password',
      act: ({ house }) =>
        house.as(house.access.roles.oncall.token)('PUT', '/api/v1/users/current/password', {
          current: house.access.roles.oncall.password,
          password: 'another good one',
        }),
    },
    {
      title: 'signing out',
      reason: 'logout',
      act: ({ house }) => house.as(house.access.roles.oncall.token)('DELETE', '/api/v1/sessions/current'),
    },
  ] satisfies { title: string; reason: string; act: (nodes: Awaited<ReturnType<typeof twoNodes>>) => unknown }[])
    it(`[AUTH60] ${title} is heard on every node and kills the session there`, async () => {
      const nodes = await twoNodes();
      const { house, other, heard, onOther, idOf } = nodes;
      const { token } = house.access.roles.oncall;
      const principal = await onOther(token);
      expect(principal).toMatchObject({ role: 'oncall' });
      const begun = performance.now();
      await act(nodes);
      await until(() => heard.length > 0);
      expect(performance.now() - begun).toBeLessThan(5_000);
      const sessionId = reason === 'logout' ? hashToken(token) : null;
      expect(heard).toEqual([{ principalId: idOf('oncall'), sessionId, reason }]);
      expect(await onOther(token)).toBeNull();
      expect(await other.people.confirm(principal as Principal)).toBeNull();
      expect(await house.people.authenticate({ authorization: `Bearer ${token}` })).toBeNull();
      expect(await onOther(house.access.roles.admin.token)).toMatchObject({ role: 'admin' });
    });
  it('[AUTH61] a revoked ingest key is refused at its next request, and its earlier work stands', async () => {
    const { house, onOther } = await twoNodes();
    const made = (
      await house.admin('POST', '/api/v1/keys', { name: 'shop', sources: ['/shop/7'], quotaPerSecond: 500 })
    ).json();
    expect(await onOther(made.token)).toMatchObject({ kind: 'key', sources: ['/shop/7'], quotaPerSecond: 500 });
    expect((await house.as(made.token)('GET', '/api/v1/users')).statusCode).toBe(403);
    expect((await house.admin('DELETE', `/api/v1/keys/${made.key.id}`)).statusCode).toBe(204);
    expect((await house.as(made.token)('GET', '/api/v1/users')).statusCode).toBe(401);
    await until(async () => (await onOther(made.token)) === null);
    expect((await house.admin('DELETE', `/api/v1/keys/${made.key.id}`)).statusCode).toBe(404);
  });
  it('[AUTH62] a node whose connection was cut hears afterwards what it missed, once', async () => {
    const { house, other, heard, idOf } = await twoNodes();
    await other.redis.client('KILL', 'ID', await other.redis.client('ID')).catch(() => undefined);
    await house.admin('PATCH', `/api/v1/users/${idOf('oncall')}`, { role: 'viewer' });
    await house.admin('PATCH', `/api/v1/users/${idOf('finance')}`, { role: 'viewer' });
    await until(() => heard.length >= 2);
    expect(heard.map(({ principalId }) => principalId)).toEqual([idOf('oncall'), idOf('finance')]);
  });
  it('[AUTH63] an open socket whose session runs out is told of, without a word from anybody', async () => {
    const { people, redis, prefix } = await testPeople();
    const { roles } = await people.createDemoAccess({ url: 'http://x' });
    const store = { redis, keys: peopleKeys(prefix, TEST_INSTANCE) };
    const authenticator = createAuthenticator(store, 'c', () => undefined);
    const gone: Principal[] = [];
    const presence = createPresence(store, authenticator.confirm, (who) => gone.push(who), { warn: () => undefined });
    const [oncall, viewer] = await Promise.all(
      [roles.oncall, roles.viewer].map(({ token }) => authenticator.authenticate({ authorization: `Bearer ${token}` })),
    );
    presence.watch(oncall as Principal);
    const unwatch = presence.watch(viewer as Principal);
    await presence.sweep();
    expect(gone).toEqual([]);
    for (const { token } of [roles.oncall, roles.viewer]) await redis.pexpire(store.keys.token(hashToken(token)), 1);
    authenticator.forget(oncall?.id ?? '');
    unwatch();
    await until(async () => (await redis.exists(store.keys.token(hashToken(roles.oncall.token)))) === 0);
    await presence.sweep();
    expect(gone).toEqual([oncall]);
  });
  it('[AUTH64] knows who is here over all nodes, each once, kiosks not among them', async () => {
    const { house, other, onOther } = await twoNodes();
    const stop = other.people.watch((await onOther(house.access.roles.finance.token)) as Principal);
    await house.people.authenticate({ authorization: `Bearer ${house.access.roles.finance.token}` });
    await house.people.authenticate({ authorization: `Bearer ${house.access.roles.viewer.token}` });
    // admin (made requests), finance (twice), viewer
    await until(() => other.people.present().size === 3 && house.people.present().size === 3);
    expect([...other.people.present()]).toContain(nameKey(house.access.roles.finance.name));
    stop();
  });
  it('[AUTH65] does not take a store that is away for nobody', async () => {
    const { people, redis } = await testPeople();
    const { roles } = await people.createDemoAccess({ url: 'http://x' });
    redis.disconnect();
    await expect(people.authenticate({ authorization: `Bearer ${roles.admin.token}` })).rejects.toThrow();
    expect(await people.authenticate({})).toBeNull();
  });
});

describe('sockets', () => {
  it('[AUTH66] a handshake is read from its auth or its headers; a bad one there is final', async () => {
    const { house } = await twoNodes();
    const { people } = house;
    const { token } = house.access.roles.oncall;
    const cookie = `${people.cookie.name}=${house.access.roles.viewer.token}`;
    const ask = (auth: unknown, headers = {}) => people.authenticateHandshake({ auth, headers });
    expect(await ask({ token })).toMatchObject({ role: 'oncall' });
    expect(await ask({}, { cookie })).toMatchObject({ role: 'viewer' });
    expect(await ask(null, { authorization: `Bearer ${token}` })).toMatchObject({ role: 'oncall' });
    for (const bad of ['', 'x', 7, null, { a: 1 }, `wrs_${'x'.repeat(43)}`])
      expect(await ask({ token: bad }, { cookie })).toBeNull();
    expect(await ask(undefined)).toBeNull();
  });
});

describe('people', () => {
  it('[AUTH67] the last admin can neither be locked nor lowered', async () => {
    const { house, idOf } = await twoNodes();
    const demo = (await house.admin('POST', '/api/v1/users', { name: 'second', role: 'admin' })).json();
    expect((await house.admin('PATCH', `/api/v1/users/${demo.user.id}`, { disabled: true })).statusCode).toBe(200);
    for (const change of [{ disabled: true }, { role: 'viewer' }])
      expect((await house.admin('PATCH', `/api/v1/users/${idOf('admin')}`, change)).json()).toMatchObject({
        code: 'conflict',
      });
    await house.admin('PATCH', `/api/v1/users/${demo.user.id}`, { disabled: false });
    expect((await house.admin('PATCH', `/api/v1/users/${idOf('admin')}`, { role: 'viewer' })).statusCode).toBe(200);
    expect((await house.admin('GET', '/api/v1/users')).statusCode).toBe(401);
  });
  it('[AUTH68] of two changes to one person at once, the loser is told', async () => {
    const { house, idOf } = await twoNodes();
    const replies = await Promise.all(
      ['viewer', 'finance', 'marketing', 'commander'].map((role) =>
        house.admin('PATCH', `/api/v1/users/${idOf('oncall')}`, { role }),
      ),
    );
    const codes = replies.map(({ statusCode }) => statusCode).sort();
    expect(codes[0]).toBe(200);
    expect(codes.slice(1)).toEqual([409, 409, 409]);
  });
  it('[AUTH69] every change is on the timeline with who did it, and so is every refusal', async () => {
    const { house, idOf } = await twoNodes();
    const before = (await timelineOf(house)).length;
    const made = (await house.admin('POST', '/api/v1/users', { name: 'Lin', role: 'oncall' })).json();
    await house.admin('PATCH', `/api/v1/users/${made.user.id}`, { role: 'finance' });
    await house.admin('PATCH', `/api/v1/users/${made.user.id}`, { role: 'finance' }); // changes nothing
    await house.admin('POST', `/api/v1/users/${made.user.id}/reset`);
    const key = (await house.admin('POST', '/api/v1/keys', { name: 'shop', sources: ['*'] })).json();
    await house.admin('DELETE', `/api/v1/keys/${key.key.id}`);
    const refused = await house.as(house.access.roles.viewer.token)('GET', '/api/v1/users');
    await until(async () => (await timelineOf(house)).length === before + 6);
    const entries = (await timelineOf(house)).slice(before);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'user.created',
      'user.changed',
      'user.changed',
      'key.created',
      'key.revoked',
      'access.refused',
    ]);
    const admin = { kind: 'user', id: idOf('admin'), name: 'admin' };
    for (const entry of entries.slice(0, 5))
      expect(entry).toMatchObject({ actor: admin, requestId: expect.any(String) });
    expect(entries[5]).toMatchObject({
      actor: { kind: 'user', id: idOf('viewer'), name: 'viewer' },
      params: { code: 'forbidden', method: 'GET', route: '/api/v1/users', ip: '127.0.0.1' },
      requestId: refused.json().requestId,
    });
  });
  it('[AUTH70] a flood of refusals is counted, not written, and the count is told with the next entry', async () => {
    const { house } = await twoNodes();
    const viewer = house.as(house.access.roles.viewer.token);
    for (let i = 0; i < 50; i++) await viewer('GET', '/api/v1/users');
    const refusals = async () => (await timelineOf(house)).filter(({ kind }) => kind === 'access.refused');
    const keys = peopleKeys(house.prefix, TEST_INSTANCE);
    const { users } = (await house.admin('GET', '/api/v1/users')).json();
    const tally = keys.tally('refused', users.find(({ name }: { name: string }) => name === 'viewer').id);
    await until(async () => (await house.redis.hget(tally, 'omittedCount')) === '30');
    expect(await refusals()).toHaveLength(20);
    await house.redis.hset(tally, 'untilMs', '0'); // the minute is over
    await viewer('GET', '/api/v1/users');
    await until(async () => (await refusals()).length === 21);
    expect((await refusals()).at(-1)?.params.omittedCount).toBe(30);
  });
  it('[AUTH71] what the demo hands out a second time voids the first', async () => {
    const { house, onOther } = await twoNodes();
    const again = await house.people.createDemoAccess({ url: 'http://127.0.0.1:8080' });
    expect(again.people.map(({ role }) => role)).toEqual([
      'oncall',
      'oncall',
      'marketing',
      'marketing',
      'finance',
      'finance',
    ]);
    expect(await onOther(again.roles.commander.token)).toMatchObject({ role: 'commander' });
    await until(async () => (await onOther(house.access.roles.commander.token)) === null);
    expect(await onOther(again.ingestKey)).toMatchObject({ kind: 'key', sources: ['*'], quotaPerSecond: null });
  });
  it('[AUTH1] nothing in the store is a token, a password or a code that was ever handed out', async () => {
    const house = await peopleHouse(PASSWORD_COST);
    const app = await peopleApp(house.people);
    const { roles, people, ingestKey } = house.access;
    const secrets = [
      ingestKey,
      ...[...Object.values(roles), ...people].flatMap(({ password, token, link }) => [
        password,
        token,
        link.split('=')[1] ?? '',
      ]),
    ];
    secrets.push((await house.admin('POST', '/api/v1/keys', { name: 'shop', sources: ['*'] })).json().token);
    secrets.push(
      (await house.admin('POST', '/api/v1/users', { name: 'Lin', role: 'oncall' })).json().link.split('=')[1],
    );
    const pairing = (await app.inject({ method: 'POST', url: '/api/v1/kiosks/pairings' })).json();
    secrets.push(pairing.code, pairing.secret);
    const payload = { name: 'oncall', password: roles.oncall.password, bearer: true };
    secrets.push((await app.inject({ method: 'POST', url: '/api/v1/sessions', payload })).json().token);
    await app.inject({
      method: 'POST',
      url: '/api/v1/sessions',
      payload: { name: 'typed-in-the-wrong-box-7', password: 'x' },
    });
    secrets.push('typed-in-the-wrong-box-7');
    expect(secrets.every((secret) => secret.length >= 6)).toBe(true);
    const dump: string[] = [];
    for (const key of await house.redis.keys(`*${house.prefix}*`)) {
      const type = await house.redis.type(key);
      const content =
        type === 'hash'
          ? await house.redis.hgetall(key)
          : type === 'stream'
            ? await house.redis.xrange(key, '-', '+')
            : type === 'set'
              ? await house.redis.smembers(key)
              : type === 'zset'
                ? await house.redis.zrange(key, '0', '-1')
                : await house.redis.get(key);
      dump.push(key, JSON.stringify(content));
    }
    const text = dump.join('\n');
    expect(text).toContain('Lin');
    expect(text).toContain(hashToken(ingestKey));
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text.match(/\$argon2id\$v=19\$m=19456,t=2,p=1\$/g)).toHaveLength(12);
  });
});
