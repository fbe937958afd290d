import type { DemoAccess, DemoPerson, PersonRole } from '#contract/people';
import { PERSON_ROLES } from '#contract/people';
import type { Actor } from '#contract/permissions';
import { limit } from '../limits.ts';
import { nameKey } from './domain/names.ts';
import type { Passwords } from './passwords.ts';
import { changePrincipal, createPrincipal, type NewCredential, type PeopleStore, readPrincipal } from './principals.ts';
import { newId, newPassword, newToken } from './tokens.ts';
import { linkOf } from './users.ts';

const SYSTEM: Actor = { kind: 'system', id: 'demo' };
const PEOPLE: readonly (readonly [PersonRole, string])[] = [
  ['oncall', 'oncall-lin'],
  ['oncall', 'oncall-wang'],
  ['marketing', 'marketing-chen'],
  ['marketing', 'marketing-zhao'],
  ['finance', 'finance-sun'],
  ['finance', 'finance-zhou'],
];

/**
 * Makes the people of the demo with random passwords, tokens and reusable links; those that exist get new ones and what was
 * handed out before dies. Never called by `npm start`.
 */
export async function createDemoAccess(store: PeopleStore, passwords: Passwords, url: string): Promise<DemoAccess> {
  const { redis, keys } = store;
  const lifeMs = limit('kioskMs');

  async function person(name: string, role: PersonRole): Promise<DemoPerson> {
    const password = newPassword();
    const session = newToken('s');
    const link = newToken('l');
    const known = await redis.hget(keys.index.user, nameKey(name));
    const id = known ?? newId('u');
    const fields = { kind: 'user', name, role, disabled: '0', password: await passwords.hash(password) };
    const credentials: NewCredential[] = [
      { key: keys.token(session.hash), fields: { principal: id, via: 'demo' }, lifeMs },
      { key: keys.link(link.hash), fields: { principal: id, reusable: '1' }, lifeMs },
    ];
    const admin = role === 'admin';
    const params = { name, role };
    const record = known === null ? null : await readPrincipal(store, id);
    if (record === null) {
      const entry = { kind: 'user.created', actor: SYSTEM, params } as const;
      await createPrincipal(store, { id, kind: 'user', nameKey: nameKey(name), fields, admin, credentials, entry });
    } else {
      const entry = { kind: 'user.changed', actor: SYSTEM, params: { ...params, change: 'reset' } } as const;
      await changePrincipal(store, record, { fields, admin, reason: 'reset', credentials, entry });
    }
    return { name, role, password, token: session.token, link: linkOf(url, link.token) };
  }

  async function ingestKey(): Promise<string> {
    const { token, hash } = newToken('k');
    const id = newId('i');
    const name = `demo-${id.slice(2, 8).toLowerCase().replace(/[_-]/g, 'x')}`;
    await createPrincipal(store, {
      id,
      kind: 'key',
      nameKey: nameKey(name),
      fields: { kind: 'key', name, role: 'producer', sources: '["*"]', quota: '', token: hash },
      admin: false,
      credentials: [{ key: keys.token(hash), fields: { principal: id, via: 'demo' }, lifeMs }],
      entry: { kind: 'key.created', actor: SYSTEM, params: { name, sources: '*', quotaPerSecond: '' } },
    });
    return token;
  }

  const roles = await Promise.all(PERSON_ROLES.map(async (role) => [role, await person(role, role)] as const));
  const people = await Promise.all(PEOPLE.map(([role, name]) => person(name, role)));
  return {
    url,
    roles: Object.fromEntries(roles) as Record<PersonRole, DemoPerson>,
    people,
    ingestKey: await ingestKey(),
  };
}
