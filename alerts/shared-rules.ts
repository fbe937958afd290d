import { randomUUID } from 'node:crypto';
import type { RulesReply } from '#contract/alerts';
import type { AlertKeys } from './keys.ts';
import type { RuleTexts } from './load-rules.ts';
import type { AlertRedis } from './store.ts';

/** What the last reload on any node came to: the rules all nodes follow, and why newer ones were refused. */
export interface SharedRules {
  readonly version: string;
  /** ms of Redis time. */
  readonly atMs: number;
  /** null: no reload was sound yet, so each node goes on with the files it started with. */
  readonly rules: { readonly version: string; readonly texts: RuleTexts; readonly atMs: number } | null;
  readonly refused: RulesReply['refused'];
}

/** The rules in the store, for the nodes of one campaign. */
export function createSharedRules(
  redis: Pick<AlertRedis, 'get' | 'set'>,
  keys: Pick<AlertKeys, 'rules' | 'rulesVersion'>,
) {
  const read = async (): Promise<SharedRules | null> => {
    const text = await redis.get(keys.rules);
    return text === null ? null : (JSON.parse(text) as SharedRules);
  };
  return {
    read,
    version: (): Promise<string | null> => redis.get(keys.rulesVersion),
    /** The rules first, then their version: whoever sees the version finds the rules, or newer ones. */
    async publish(atMs: number, found: { readonly texts: RuleTexts } | { readonly problems: readonly string[] }) {
      const version = randomUUID();
      const shared: SharedRules =
        'texts' in found
          ? { version, atMs, rules: { version, texts: found.texts, atMs }, refused: null }
          : { version, atMs, rules: (await read())?.rules ?? null, refused: { at: atMs, problems: found.problems } };
      await redis.set(keys.rules, JSON.stringify(shared));
      await redis.set(keys.rulesVersion, version);
      return shared;
    },
  };
}
export type SharedRulesStore = ReturnType<typeof createSharedRules>;
