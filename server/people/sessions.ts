import { AppError } from '#contract/errors';
import type { LoginBody, PasswordBody, SessionReply } from '#contract/people';
import { actorOf, PERMISSIONS, type Permission, type Principal, roleMay } from '#contract/permissions';
import { limit } from '../limits.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../store/timeline.ts';
import { hashToken, isToken } from './domain/credential.ts';
import { nameKey } from './domain/names.ts';
import { passwordProblem } from './domain/password.ts';
import type { Passwords } from './passwords.ts';
import {
  changePrincipal,
  flat,
  type PeopleStore,
  type PrincipalRecord,
  readPrincipal,
  toRecord,
} from './principals.ts';
import { recordRefused } from './refusals.ts';
import { newToken } from './tokens.ts';

/** Where a request came from, for the record. */
export interface Caller {
  readonly ip: string;
  readonly requestId: string;
}
/** The token goes into a cookie or, once, into the answer; it is not kept. */
export interface OpenedSession {
  readonly token: string;
  readonly lifeMs: number;
  readonly session: SessionReply;
}
export interface Sessions {
  /** @throws {AppError} `login_failed`, `login_limited`, `link_used`, `too_many_requests` */
  login(body: LoginBody, caller: Caller): Promise<OpenedSession>;
  /** Who this is. @throws {AppError} `unauthenticated` when the session has just ended */
  current(principal: Principal): Promise<SessionReply>;
  logout(principal: Principal, caller: Caller): Promise<void>;
  /**
   * Ends all other sessions and opens a new one.
   * @throws {AppError} `password_weak`, `validation` (wrong current one), `login_limited`, `forbidden` (kiosks)
   */
  changePassword(principal: Principal, body: PasswordBody, caller: Caller): Promise<OpenedSession>;
}

const takeScript = loadScript('take-login-try-2');
const openScript = loadScript('open-session-7');
const exchangeScript = loadScript('exchange-link-8');
const endScript = loadScript('end-session-5');

const permissionsOf = (role: Principal['role']): Permission[] =>
  (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => roleMay(role, permission));

export function sessionReply(record: PrincipalRecord, sessionId: string, expiresAtMs: number): SessionReply {
  if (record.kind === 'key' || record.role === 'producer')
    throw new AppError('forbidden', 'an ingest key has no session');
  const { name, kind, role } = record;
  const passwordSet = kind === 'kiosk' || record.password !== '';
  return { id: sessionId, name, kind, role, permissions: permissionsOf(role), expiresAtMs, passwordSet };
}

/** @param told - called after a revocation was written, so that this node acts on it without waiting for its poll */
export function createSessions(store: PeopleStore, passwords: Passwords, told: () => Promise<void>): Sessions {
  const { redis, keys } = store;
  const lifeMs = limit('sessionMs');

  async function takeTry(account: string, address: string): Promise<void> {
    const waitMs = Number(await runScript(redis, takeScript, [account, address], [limit('loginTries'), 60_000]));
    if (waitMs === 0) return;
    const retryAfterS = Math.ceil(waitMs / 1_000);
    throw new AppError('login_limited', 'too many failed logins; wait a minute and try again', { retryAfterS });
  }
  /** Runs a login; what it refuses is on the record before the caller hears of it. */
  async function onRecord<T>(name: string, caller: Caller, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || !['login_failed', 'login_limited', 'link_used'].includes(error.code))
        throw error;
      // a name that nobody has may be a password in the wrong box: it is not kept
      const known = await redis.hexists(keys.index.user, nameKey(name));
      await recordRefused(store, `login ${caller.ip}`, {
        kind: 'login.refused',
        actor: actorOf(null),
        params: { name: known === 1 ? name : '', code: error.code, ip: caller.ip },
        requestId: caller.requestId,
      });
      throw error;
    }
  }
  async function opened(record: PrincipalRecord, token: string, sessionId: string): Promise<OpenedSession> {
    const expiresAtMs = Number(await redis.hget(keys.token(sessionId), 'expiresAtMs'));
    return { token, lifeMs, session: sessionReply(record, sessionId, expiresAtMs) };
  }
  const succeeded = (record: PrincipalRecord, via: string, caller: Caller): NewTimelineEntry => ({
    kind: 'login.succeeded',
    actor: { kind: 'user', id: record.id, name: record.name },
    params: { name: record.name, role: record.role, via, ip: caller.ip },
    requestId: caller.requestId,
  });

  async function byPassword(name: string, password: string, caller: Caller): Promise<OpenedSession> {
    const failed = new AppError('login_failed', 'the name or the password is wrong');
    const account = keys.tally('login', nameKey(name));
    const address = keys.tally('address', caller.ip);
    let record: PrincipalRecord | null = null;
    const matches = await passwords.matches(async () => {
      await takeTry(account, address);
      const id = (await redis.hget(keys.index.user, nameKey(name))) ?? 'nobody';
      record = toRecord(id, await redis.hgetall(keys.principal(id)));
      return record?.password ?? '';
    }, password);
    const found = record as PrincipalRecord | null; // set in the callback, which the checker cannot see
    if (!matches || found === null) throw failed;
    const { token, hash } = newToken('s');
    const done = await runScript(
      redis,
      openScript,
      [keys.principal(found.id), keys.token(hash), account, address, ...keys.timelineList],
      [
        found.epoch,
        flat({ principal: found.id, via: 'password' }),
        lifeMs,
        ...timelineArgs(succeeded(found, 'password', caller)),
      ],
    );
    if (done !== 1) throw failed;
    return opened(found, token, hash);
  }

  async function byLink(link: string, caller: Caller): Promise<OpenedSession> {
    const failed = new AppError('login_failed', 'this link is not known or no longer good; ask for a new one');
    const linkHash = hashToken(link);
    const account = keys.tally('login', linkHash);
    const address = keys.tally('address', caller.ip);
    return passwords.inTurn(async () => {
      await takeTry(account, address);
      const id = isToken(link) ? await redis.hget(keys.link(linkHash), 'principal') : null;
      const record = id === null ? null : await readPrincipal(store, id);
      if (record === null) throw failed;
      const { token, hash } = newToken('s');
      const done = await runScript(
        redis,
        exchangeScript,
        [keys.link(linkHash), keys.principal(record.id), keys.token(hash), account, address, ...keys.timelineList],
        [
          record.id,
          flat({ principal: record.id, via: 'link' }),
          lifeMs,
          ...timelineArgs(succeeded(record, 'link', caller)),
        ],
      );
      if (done === -2) throw new AppError('link_used', 'this link was used before; ask for a new one');
      if (done !== 1) throw failed;
      return opened(record, token, hash);
    });
  }

  return {
    login: (body, caller) =>
      'link' in body
        ? onRecord('', caller, () => byLink(body.link, caller))
        : onRecord(body.name, caller, () => byPassword(body.name, body.password, caller)),
    async current(principal) {
      if (principal.kind === 'key') throw new AppError('forbidden', 'an ingest key has no session');
      const record = await readPrincipal(store, principal.id);
      const expiresAtMs = await redis.hget(keys.token(principal.sessionId), 'expiresAtMs');
      if (record === null || expiresAtMs === null)
        throw new AppError('unauthenticated', 'the session has ended; sign in');
      return sessionReply(record, principal.sessionId, Number(expiresAtMs));
    },
    async logout(principal, caller) {
      if (principal.kind === 'key') throw new AppError('forbidden', 'an ingest key has no session');
      const { id, name, sessionId } = principal;
      await runScript(
        redis,
        endScript,
        [keys.token(sessionId), keys.control, ...keys.timelineList],
        [
          id,
          sessionId,
          'logout',
          ...timelineArgs({
            kind: 'session.revoked',
            actor: actorOf(principal),
            params: { name, reason: 'logout' },
            requestId: caller.requestId,
          }),
        ],
      );
      await told();
    },
    async changePassword(principal, { current, password }, caller) {
      if (principal.kind !== 'user') throw new AppError('forbidden', 'only people have passwords');
      const record = await readPrincipal(store, principal.id);
      if (record === null) throw new AppError('unauthenticated', 'the session has ended; sign in');
      const problem = passwordProblem(password, record.name);
      if (problem !== null) throw new AppError('password_weak', `the password ${problem}`, { field: '/password' });
      if (record.password !== '') {
        const account = keys.tally('login', nameKey(record.name));
        const right = await passwords.matches(async () => {
          // the account's own tries; of its address nothing is taken, for this caller is signed in
          await takeTry(account, keys.tally('login', `own ${record.id}`));
          return record.password;
        }, current ?? '');
        if (!right) throw new AppError('validation', 'the current password is wrong', { field: '/current' });
      }
      const { token, hash } = newToken('s');
      await changePrincipal(store, record, {
        fields: { password: await passwords.hash(password) },
        admin: record.role === 'admin' && !record.disabled,
        reason: 'password',
        credentials: [{ key: keys.token(hash), fields: { principal: record.id, via: 'password' }, lifeMs }],
        entry: {
          kind: 'user.changed',
          actor: actorOf(principal),
          params: { name: record.name, change: 'password' },
          requestId: caller.requestId,
        },
      });
      await told();
      return opened({ ...record, password: 'set' }, token, hash);
    },
  };
}
