import { AppError } from '#contract/errors';
import type { KioskSummary, PairingReply } from '#contract/people';
import { actorOf } from '#contract/permissions';
import { limit } from '../limits.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { timelineArgs } from '../store/timeline.ts';
import { hashToken } from './domain/credential.ts';
import { nameKey } from './domain/names.ts';
import { readCode } from './domain/pairing-code.ts';
import {
  endPrincipal,
  flat,
  listPrincipals,
  type PeopleStore,
  type PrincipalRecord,
  readPrincipal,
} from './principals.ts';
import { type Caller, type OpenedSession, sessionReply } from './sessions.ts';
import { newCode, newId, newToken } from './tokens.ts';
import type { Act } from './users.ts';

/** Screens without a person: they show a code, somebody approves it, they read as `viewer` until it ends. */
export interface Kiosks {
  list(): Promise<KioskSummary[]>;
  /** For a screen that is nobody yet. @throws {AppError} `code_limited` */
  ask(caller: Caller): Promise<PairingReply>;
  /** Null while nobody has approved. @throws {AppError} `code_expired`, `code_used`, `not_found` */
  claim(shown: { code: string; secret: string }, caller: Caller): Promise<OpenedSession | null>;
  /** @throws {AppError} `not_found` (wrong code), `code_expired`, `code_used`, `code_limited`, `name_taken` */
  approve(wanted: { code: string; name: string; days: number }, act: Act): Promise<KioskSummary>;
  /** @throws {AppError} `not_found` */
  revoke(id: string, act: Act): Promise<void>;
}

const askScript = loadScript('ask-pairing-3');
const approveScript = loadScript('approve-pairing-7');
const claimScript = loadScript('claim-pairing-6');
const DAY_MS = 86_400_000;

const toSummary = ({ id, name, createdAtMs, expiresAtMs, token }: PrincipalRecord): KioskSummary => ({
  id,
  name,
  createdAtMs,
  expiresAtMs: expiresAtMs ?? 0,
  claimed: token !== '',
});
const limited = (waitMs: number): AppError =>
  new AppError('code_limited', 'too many codes; wait and try again', {
    retryAfterS: Math.max(1, Math.ceil(waitMs / 1_000)),
  });
const expired = (): AppError =>
  new AppError('code_expired', 'the time of this code is over; let the screen ask for a new one');
const used = (): AppError => new AppError('code_used', 'this code was used before; let the screen ask for a new one');
const unknown = (): AppError => new AppError('not_found', 'no screen shows this code; read it again');

export function createKiosks(store: PeopleStore, told: () => Promise<void>): Kiosks {
  const { redis, keys } = store;
  const pairingKey = (code: string): string => keys.pairing(hashToken(code));
  return {
    list: async () => (await listPrincipals(store, 'kiosk')).map(toSummary),
    async ask({ ip }) {
      const { token: secret, hash } = newToken('p');
      for (;;) {
        const code = newCode();
        const [done, detail] = (await runScript(
          redis,
          askScript,
          [pairingKey(code), keys.pairings, keys.tally('asks', ip)],
          [hash, limit('pairingMs'), limit('pairingAsks'), limit('pairingsOpen')],
        )) as [number, string | number];
        if (done === -1) throw limited(Number(detail));
        if (done === 1) return { code, secret, expiresAtMs: Number(detail) };
      }
    },
    async claim({ code, secret }, { ip, requestId }) {
      const read = readCode(code);
      if (read === null) throw unknown();
      const id = (await redis.hget(pairingKey(read), 'kiosk')) ?? 'nobody';
      const record = await readPrincipal(store, id);
      const { token, hash } = newToken('s');
      const name = record?.name ?? '';
      const done = await runScript(
        redis,
        claimScript,
        [pairingKey(read), keys.principal(id), keys.token(hash), ...keys.timelineList],
        [
          hashToken(secret),
          id,
          flat({ principal: id, via: 'pairing' }),
          hash,
          ...timelineArgs({
            kind: 'login.succeeded',
            actor: { kind: 'system', id: `kiosk:${id}` },
            params: { name, role: 'viewer', via: 'pairing', ip },
            requestId,
          }),
        ],
      );
      if (done === 0) return null;
      if (done === -2) throw expired();
      if (done === -3) throw used();
      if (done !== 1 || record === null) throw unknown();
      const expiresAtMs = record.expiresAtMs ?? 0;
      const lifeMs = Number(await redis.pttl(keys.token(hash)));
      return { token, lifeMs, session: sessionReply(record, hash, expiresAtMs) };
    },
    async approve({ code, name, days }, { by, requestId }) {
      const id = newId('k');
      // what cannot be a code counts as a wrong one: it is looked for where none can be
      const done = await runScript(
        redis,
        approveScript,
        [
          pairingKey(readCode(code) ?? ''),
          keys.tally('approver', by.id),
          keys.index.kiosk,
          keys.principal(id),
          ...keys.timelineList,
        ],
        [
          nameKey(name),
          id,
          flat({ kind: 'kiosk', name, role: 'viewer', disabled: '0' }),
          Math.min(days * DAY_MS, limit('kioskMs')),
          limit('pairingTries'),
          limit('pairingMs'),
          ...timelineArgs({ kind: 'kiosk.paired', actor: actorOf(by), params: { name, days }, requestId }),
        ],
      );
      if (Array.isArray(done)) throw limited(Number(done[1]));
      if (done === -1) throw unknown();
      if (done === -2) throw expired();
      if (done === -3) throw used();
      if (done === -4) throw new AppError('name_taken', `a kiosk is named ${name} already`, { field: '/name' });
      const record = await readPrincipal(store, id);
      if (record === null) throw unknown();
      return toSummary(record);
    },
    async revoke(id, { by, requestId }) {
      const missing = new AppError('not_found', 'there is no such kiosk');
      const record = await readPrincipal(store, id);
      if (record?.kind !== 'kiosk') throw missing;
      const ended = await endPrincipal(store, record, nameKey(record.name), 'revoked', {
        kind: 'kiosk.revoked',
        actor: actorOf(by),
        params: { name: record.name },
        requestId,
      });
      if (!ended) throw missing;
      await told();
    },
  };
}
