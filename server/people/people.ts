import type { Redis } from 'ioredis';
import { actorOf } from '#contract/permissions';
import type { Config } from '../config.ts';
import type { Log } from '../room/log.ts';
import { createAuthenticator } from './authenticator.ts';
import { createControl } from './control.ts';
import { createDemoAccess } from './demo-access.ts';
import { sessionCookieName } from './domain/credential.ts';
import { createKiosks } from './kiosks.ts';
import { createPasswords, type PasswordCost } from './passwords.ts';
import { peopleKeys } from './people-keys.ts';
import { createPresence } from './presence.ts';
import { createProducerKeys } from './producer-keys.ts';
import { recordRefused } from './refusals.ts';
import { createSessions } from './sessions.ts';
import type { People, Revocation } from './types.ts';
import { createUsers } from './users.ts';

export interface PeopleDeps {
  /** A connection for commands; nothing here blocks it. */
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  readonly config: Pick<Config, 'secureCookies'>;
  readonly log: Log;
  /** Absent: what is safe. Tests that make a dozen people each take less. */
  readonly passwordCost?: PasswordCost | undefined;
}

/** Everything about who somebody is. Wires the parts; each rule is in its part. */
export function createPeople({ redis, prefix, instance, config, log, passwordCost }: PeopleDeps): People {
  const store = { redis, keys: peopleKeys(prefix, instance) };
  const cookieName = sessionCookieName(config.secureCookies, `${prefix}:${instance}`);
  const listeners = new Set<(revocation: Revocation) => void>();

  const authenticator = createAuthenticator(store, cookieName, (principal) => presence.seen(principal));
  function revoked(revocation: Revocation): void {
    authenticator.forget(revocation.principalId);
    for (const listener of listeners) {
      try {
        listener(revocation);
      } catch (error) {
        log.error({ err: error }, 'a listener of revocations failed');
      }
    }
  }
  const control = createControl(store, revoked, log);
  const presence = createPresence(
    store,
    authenticator.confirm,
    (principal) =>
      revoked({
        principalId: principal.id,
        sessionId: principal.kind === 'key' ? null : principal.sessionId,
        reason: 'expired',
      }),
    log,
  );
  // the change is durable when this is called: failing to look now only means that the poll finds it
  const told = (): Promise<void> => control.catchUp().catch(() => undefined);
  const passwords = createPasswords(passwordCost);
  const users = createUsers(store, told);

  return {
    ...authenticator,
    cookie: { name: cookieName, secure: config.secureCookies },
    watch: presence.watch,
    present: presence.present,
    onRevoked(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    recordRefusal({ principal, code, method, route, ip, requestId }) {
      const params = { code, method, route, ip };
      recordRefused(store, principal?.id ?? 'anonymous', {
        kind: 'access.refused',
        actor: actorOf(principal),
        params,
        requestId,
      }).catch((error: unknown) => log.warn({ err: error, ...params }, 'a refusal could not be put on the timeline'));
    },
    firstAdminLink: users.firstAdminLink,
    createDemoAccess: async ({ url }) => {
      const access = await createDemoAccess(store, passwords, url);
      await told();
      return access;
    },
    async start() {
      await control.start();
      presence.start();
    },
    async stop() {
      presence.stop();
      await control.stop();
    },
    sessions: createSessions(store, passwords, told),
    users,
    keys: createProducerKeys(store, told),
    kiosks: createKiosks(store, told),
  };
}
