import type { Principal } from '#contract/permissions';
import { hashToken, isToken, readCredential } from './domain/credential.ts';
import { type PeopleStore, type PrincipalRecord, toRecord } from './principals.ts';
import type { CredentialHeaders } from './types.ts';

/** How old an answer may be. Revocations of this node and those heard from others empty it at once. */
const CACHE_MS = 1_000;
const CACHE_MAX = 20_000;

export interface Authenticator {
  authenticate(headers: CredentialHeaders): Promise<Principal | null>;
  authenticateHandshake(handshake: { headers: CredentialHeaders; auth: unknown }): Promise<Principal | null>;
  confirm(principal: Principal): Promise<Principal | null>;
  /** Forgets what is known of a principal. */
  forget(principalId: string): void;
}

interface Answer {
  readonly atMs: number;
  readonly found: Promise<Principal | null>;
  principalId: string | null;
}

function toPrincipal(record: PrincipalRecord, sessionId: string): Principal {
  const { id, name, role } = record;
  if (record.kind === 'key')
    return {
      kind: 'key',
      id,
      name,
      role: 'producer',
      sources: record.sources,
      quotaPerSecond: record.quotaPerSecond,
    };
  if (record.kind === 'kiosk') return { kind: 'kiosk', id, name, role: 'viewer', sessionId };
  return { kind: 'user', id, name, role, sessionId };
}

/**
 * Turns tokens into principals: two reads, then ≤ 1 s from memory. The clock of the cache is monotonic; the end of a session
 * is Redis's business (its key expires), so a wrong clock on a node opens nothing.
 * @param onSeen - told of each person who asked, for the duty count
 */
export function createAuthenticator(
  { redis, keys }: PeopleStore,
  cookieName: string,
  onSeen: (principal: Principal) => void,
): Authenticator {
  const answers = new Map<string, Answer>();

  async function look(sessionId: string): Promise<Principal | null> {
    const session = await redis.hgetall(keys.token(sessionId));
    if (session.principal === undefined) return null;
    const record = toRecord(session.principal, await redis.hgetall(keys.principal(session.principal)));
    if (record === null || record.epoch !== session.epoch || record.disabled) return null;
    return toPrincipal(record, sessionId);
  }

  function ask(sessionId: string): Promise<Principal | null> {
    const nowMs = performance.now();
    const known = answers.get(sessionId);
    if (known !== undefined && nowMs - known.atMs < CACHE_MS) return known.found;
    const answer: Answer = { atMs: nowMs, found: look(sessionId), principalId: known?.principalId ?? null };
    answers.delete(sessionId); // to the end: the oldest answer is the first
    answers.set(sessionId, answer);
    if (answers.size > CACHE_MAX) answers.delete(answers.keys().next().value ?? '');
    return answer.found.then(
      (principal) => {
        answer.principalId = principal?.id ?? null;
        if (principal === null && answers.get(sessionId) === answer) answers.delete(sessionId);
        return principal;
      },
      (error: unknown) => {
        if (answers.get(sessionId) === answer) answers.delete(sessionId);
        throw error;
      },
    );
  }

  async function byToken(token: string | null): Promise<Principal | null> {
    if (token === null) return null;
    const principal = await ask(hashToken(token));
    if (principal !== null) onSeen(principal);
    return principal;
  }

  return {
    authenticate: (headers) => byToken(readCredential(headers, cookieName)),
    authenticateHandshake({ headers, auth }) {
      const token = (auth as { token?: unknown } | null | undefined)?.token;
      if (token === undefined) return byToken(readCredential(headers, cookieName));
      return byToken(isToken(token) ? token : null);
    },
    async confirm(principal) {
      if (principal.kind !== 'key') return ask(principal.sessionId);
      const record = toRecord(principal.id, await redis.hgetall(keys.principal(principal.id)));
      return record === null ? null : toPrincipal(record, record.token);
    },
    forget(principalId) {
      // An answer still on its way may be from before the revocation: it goes too, whoever it turns out to be.
      for (const [sessionId, answer] of answers)
        if (answer.principalId === principalId || answer.principalId === null) answers.delete(sessionId);
    },
  };
}
