import { AppError } from '#contract/errors';
import type { PersonRole, UserSummary, UserWithLink } from '#contract/people';
import { type Actor, actorOf, type Principal } from '#contract/permissions';
import { limit } from '../limits.ts';
import { nameKey } from './domain/names.ts';
import {
  changePrincipal,
  createPrincipal,
  listPrincipals,
  type NewCredential,
  type PeopleStore,
  type PrincipalRecord,
  readPrincipal,
} from './principals.ts';
import { newId, newToken } from './tokens.ts';

/** By whom, in which request. */
export interface Act {
  readonly by: Principal;
  readonly requestId: string;
}
export interface Users {
  list(): Promise<UserSummary[]>;
  /**
   * Makes a person without a password; the link lets them in once, to choose one.
   * @param url - what the link starts with, no slash at its end
   * @throws {AppError} `name_taken`, `conflict` at 2,000 people
   */
  create(wanted: { name: string; role: PersonRole }, url: string, act: Act): Promise<UserWithLink>;
  /** A new role or a lock ends all sessions of that person. @throws {AppError} `not_found`, `conflict` */
  change(id: string, wanted: { role?: PersonRole; disabled?: boolean }, act: Act): Promise<UserSummary>;
  /** Takes away the password, all sessions and links, and hands out a new one-time link. */
  reset(id: string, url: string, act: Act): Promise<UserWithLink>;
  firstAdminLink(url: string): Promise<string | null>;
}

export const linkOf = (url: string, token: string): string => `${url}/#access=${token}`;

function toSummary(record: PrincipalRecord): UserSummary {
  const { id, name, role, disabled, password, createdAtMs, signedInAtMs } = record;
  if (role === 'producer') throw new Error(`${id} is no person`);
  return { id, name, role, disabled, passwordSet: password !== '', createdAtMs, signedInAtMs };
}

export function createUsers(store: PeopleStore, told: () => Promise<void>): Users {
  const { redis, keys } = store;

  function oneTimeLink(id: string): { token: string; credential: NewCredential } {
    const { token, hash } = newToken('l');
    return { token, credential: { key: keys.link(hash), fields: { principal: id }, lifeMs: limit('linkMs') } };
  }
  async function read(id: string): Promise<PrincipalRecord> {
    const record = await readPrincipal(store, id);
    if (record?.kind !== 'user') throw new AppError('not_found', 'there is no such person');
    return record;
  }
  async function make(
    name: string,
    role: PersonRole,
    url: string,
    actor: Actor,
    requestId?: string,
  ): Promise<UserWithLink> {
    if ((await redis.hlen(keys.index.user)) >= limit('users'))
      throw new AppError('conflict', `there are ${limit('users')} people already`);
    const id = newId('u');
    const { token, credential } = oneTimeLink(id);
    await createPrincipal(store, {
      id,
      kind: 'user',
      nameKey: nameKey(name),
      fields: { kind: 'user', name, role, disabled: '0', password: '' },
      admin: role === 'admin',
      credentials: [credential],
      entry: { kind: 'user.created', actor, params: { name, role }, ...(requestId === undefined ? {} : { requestId }) },
    });
    return { user: toSummary(await read(id)), link: linkOf(url, token) };
  }
  async function renewLink(
    record: PrincipalRecord,
    url: string,
    actor: Actor,
    requestId?: string,
  ): Promise<UserWithLink> {
    const { token, credential } = oneTimeLink(record.id);
    await changePrincipal(store, record, {
      fields: { password: '' },
      admin: record.role === 'admin' && !record.disabled,
      reason: 'reset',
      credentials: [credential],
      entry: {
        kind: 'user.changed',
        actor,
        params: { name: record.name, change: 'reset' },
        ...(requestId === undefined ? {} : { requestId }),
      },
    });
    await told();
    return { user: toSummary(await read(record.id)), link: linkOf(url, token) };
  }

  return {
    list: async () => (await listPrincipals(store, 'user')).map(toSummary),
    create: ({ name, role }, url, { by, requestId }) => make(name, role, url, actorOf(by), requestId),
    async change(id, wanted, { by, requestId }) {
      const record = await read(id);
      const role = wanted.role ?? record.role;
      const disabled = wanted.disabled ?? record.disabled;
      if (role === record.role && disabled === record.disabled) return toSummary(record);
      const change = disabled === record.disabled ? 'role' : disabled ? 'disabled' : 'enabled';
      await changePrincipal(store, record, {
        fields: { role, disabled: disabled ? '1' : '0' },
        admin: role === 'admin' && !disabled,
        reason: change === 'enabled' ? (role === record.role ? null : 'role') : change,
        entry: {
          kind: 'user.changed',
          actor: actorOf(by),
          params: { name: record.name, change, role },
          requestId,
        },
      });
      await told();
      return toSummary(await read(id));
    },
    reset: async (id, url, { by, requestId }) => renewLink(await read(id), url, actorOf(by), requestId),
    async firstAdminLink(url) {
      const system: Actor = { kind: 'system', id: 'start' };
      const people = await listPrincipals(store, 'user');
      if (people.length === 0) {
        try {
          return (await make('admin', 'admin', url, system)).link;
        } catch (error) {
          if (error instanceof AppError && error.code === 'name_taken') return null; // another node was first and prints it
          throw error;
        }
      }
      const admins = people.filter(({ role }) => role === 'admin');
      const [waiting] = admins;
      if (
        waiting === undefined ||
        admins.some(({ password, signedInAtMs }) => password !== '' || signedInAtMs !== null)
      )
        return null;
      return (await renewLink(waiting, url, system)).link;
    },
  };
}
