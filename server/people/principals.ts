import type { Redis } from 'ioredis';
import { AppError } from '#contract/errors';
import type { Principal, Role } from '#contract/permissions';
import { loadScript, runScript } from '../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../store/timeline.ts';
import type { PeopleKeys } from './people-keys.ts';
import type { RevokeReason } from './types.ts';

/** The store as the parts of people see it. */
export interface PeopleStore {
  readonly redis: Redis;
  readonly keys: PeopleKeys;
}

/** A person, kiosk or ingest key as Redis keeps it. Times in ms since the Unix epoch, by Redis. */
export interface PrincipalRecord {
  readonly id: string;
  readonly kind: Principal['kind'];
  readonly name: string;
  readonly role: Role;
  /** Rises when everything issued before must die. Text, as in Redis. */
  readonly epoch: string;
  readonly disabled: boolean;
  /** Argon2id in PHC form; '' when none is set. */
  readonly password: string;
  readonly sources: readonly string[];
  readonly quotaPerSecond: number | null;
  /** Hash of the token of a key or a claimed kiosk, else ''. */
  readonly token: string;
  readonly createdAtMs: number;
  readonly signedInAtMs: number | null;
  /** Kiosks only. */
  readonly expiresAtMs: number | null;
}
export type Fields = Readonly<Record<string, string>>;
/** A credential to issue: where, what, and for how long (ms; null: until revoked). */
export interface NewCredential {
  readonly key: string;
  readonly fields: Fields;
  readonly lifeMs: number | null;
}

export const toRecord = (id: string, fields: Fields): PrincipalRecord | null =>
  fields.kind === undefined
    ? null
    : {
        id,
        kind: fields.kind as Principal['kind'],
        name: fields.name ?? '',
        role: fields.role as Role,
        epoch: fields.epoch ?? '',
        disabled: fields.disabled === '1',
        password: fields.password ?? '',
        sources: JSON.parse(fields.sources ?? '[]') as string[],
        quotaPerSecond: fields.quota ? Number(fields.quota) : null,
        token: fields.token ?? '',
        createdAtMs: Number(fields.createdAtMs ?? 0),
        signedInAtMs: fields.signedInAtMs === undefined ? null : Number(fields.signedInAtMs),
        expiresAtMs: fields.expiresAtMs === undefined ? null : Number(fields.expiresAtMs),
      };

/** Fields as the scripts take them (includes/principal.lua). */
export const flat = (fields: Fields): string => JSON.stringify(Object.entries(fields).flat());
const credentialArgs = (credentials: readonly NewCredential[]): string[] =>
  credentials.flatMap(({ fields, lifeMs }) => [flat(fields), lifeMs === null ? '' : String(lifeMs)]);

export async function readPrincipal({ redis, keys }: PeopleStore, id: string): Promise<PrincipalRecord | null> {
  return toRecord(id, await redis.hgetall(keys.principal(id)));
}

export async function listPrincipals(store: PeopleStore, kind: Principal['kind']): Promise<PrincipalRecord[]> {
  const ids = await store.redis.hvals(store.keys.index[kind]);
  const found = await Promise.all(ids.map((id) => readPrincipal(store, id)));
  return found.filter((record) => record !== null).sort((a, b) => a.name.localeCompare(b.name));
}

const createScript = loadScript('create-principal-n');
const changeScript = loadScript('change-principal-n');
const endScript = loadScript('end-principal-7');

export interface NewPrincipal {
  readonly id: string;
  readonly kind: 'user' | 'key';
  readonly nameKey: string;
  readonly fields: Fields;
  readonly admin: boolean;
  readonly credentials: readonly NewCredential[];
  readonly entry: NewTimelineEntry;
}
/** @throws {AppError} `name_taken` */
export async function createPrincipal({ redis, keys }: PeopleStore, made: NewPrincipal): Promise<void> {
  const result = await runScript(
    redis,
    createScript,
    [
      keys.index[made.kind],
      keys.principal(made.id),
      keys.admins,
      ...keys.timelineList,
      ...made.credentials.map(({ key }) => key),
    ],
    [
      made.nameKey,
      made.id,
      flat(made.fields),
      made.admin ? '1' : '0',
      ...timelineArgs(made.entry),
      ...credentialArgs(made.credentials),
    ],
  );
  if (result === -1) throw new AppError('name_taken', `the name ${made.fields.name} is taken`, { field: '/name' });
}

export interface PrincipalChange {
  readonly fields: Fields;
  /** An admin who can sign in, after the change. */
  readonly admin: boolean;
  /** Ends everything issued before; null keeps sessions. */
  readonly reason: RevokeReason | null;
  readonly credentials?: readonly NewCredential[];
  readonly entry: NewTimelineEntry;
}
/** @throws {AppError} `not_found`, `conflict` (changed by somebody else meanwhile, or no admin would be left) */
export async function changePrincipal(
  { redis, keys }: PeopleStore,
  { id, epoch, name }: PrincipalRecord,
  change: PrincipalChange,
): Promise<void> {
  const credentials = change.credentials ?? [];
  const result = await runScript(
    redis,
    changeScript,
    [keys.principal(id), keys.admins, keys.control, ...keys.timelineList, ...credentials.map(({ key }) => key)],
    [
      id,
      epoch,
      flat(change.fields),
      change.admin ? '1' : '0',
      change.reason ?? '',
      ...timelineArgs(change.entry),
      ...credentialArgs(credentials),
    ],
  );
  if (result === -1) throw new AppError('not_found', 'there is no such person');
  if (result === -2) throw new AppError('conflict', `${name} was changed by somebody else; read again, then decide`);
  if (result === -3)
    throw new AppError('conflict', `${name} is the last admin who can sign in; make another one first`);
}

/** Ends a key or a kiosk. False: it was no longer there. */
export async function endPrincipal(
  { redis, keys }: PeopleStore,
  record: PrincipalRecord,
  nameKeyOfRecord: string,
  reason: RevokeReason,
  entry: NewTimelineEntry,
): Promise<boolean> {
  const index = record.kind === 'key' ? keys.index.key : keys.index.kiosk;
  const result = await runScript(
    redis,
    endScript,
    [index, keys.principal(record.id), keys.token(record.token), keys.control, ...keys.timelineList],
    [nameKeyOfRecord, record.id, reason, ...timelineArgs(entry)],
  );
  return result === 1;
}
