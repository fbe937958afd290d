import { AppError } from '#contract/errors';
import type { KeySummary, KeyWithToken } from '#contract/people';
import { actorOf } from '#contract/permissions';
import { limit } from '../limits.ts';
import { nameKey } from './domain/names.ts';
import {
  createPrincipal,
  endPrincipal,
  listPrincipals,
  type PeopleStore,
  type PrincipalRecord,
  readPrincipal,
} from './principals.ts';
import { newId, newToken } from './tokens.ts';
import type { Act } from './users.ts';

export interface NewKey {
  readonly name: string;
  /** At least one; `*` is any. */
  readonly sources: readonly string[];
  /** Events a second and node; null: none. */
  readonly quotaPerSecond: number | null;
}
/** Ingest keys: they post events for their sources and do nothing else. */
export interface ProducerKeys {
  list(): Promise<KeySummary[]>;
  /** @throws {AppError} `name_taken`, `conflict` at 1,000 keys */
  create(wanted: NewKey, act: Act): Promise<KeyWithToken>;
  /** The next request with it is refused: here at once, on other nodes within 1 s. @throws {AppError} `not_found` */
  revoke(id: string, act: Act): Promise<void>;
}

const toSummary = ({ id, name, sources, quotaPerSecond, createdAtMs }: PrincipalRecord): KeySummary => ({
  id,
  name,
  sources,
  quotaPerSecond,
  createdAtMs,
});

export function createProducerKeys(store: PeopleStore, told: () => Promise<void>): ProducerKeys {
  const { redis, keys } = store;
  const missing = (): AppError => new AppError('not_found', 'there is no such key');
  return {
    list: async () => (await listPrincipals(store, 'key')).map(toSummary),
    async create({ name, sources, quotaPerSecond }, { by, requestId }) {
      if ((await redis.hlen(keys.index.key)) >= limit('keys'))
        throw new AppError('conflict', `there are ${limit('keys')} keys already; revoke some`);
      const id = newId('i');
      const { token, hash } = newToken('k');
      const quota = quotaPerSecond === null ? '' : String(quotaPerSecond);
      await createPrincipal(store, {
        id,
        kind: 'key',
        nameKey: nameKey(name),
        fields: { kind: 'key', name, role: 'producer', sources: JSON.stringify(sources), quota, token: hash },
        admin: false,
        credentials: [{ key: keys.token(hash), fields: { principal: id, via: 'key' }, lifeMs: null }],
        entry: {
          kind: 'key.created',
          actor: actorOf(by),
          params: { name, sources: sources.join(' '), quotaPerSecond: quota },
          requestId,
        },
      });
      const record = await readPrincipal(store, id);
      if (record === null) throw missing();
      return { key: toSummary(record), token };
    },
    async revoke(id, { by, requestId }) {
      const record = await readPrincipal(store, id);
      if (record?.kind !== 'key') throw missing();
      const ended = await endPrincipal(store, record, nameKey(record.name), 'revoked', {
        kind: 'key.revoked',
        actor: actorOf(by),
        params: { name: record.name },
        requestId,
      });
      if (!ended) throw missing();
      await told();
    },
  };
}
