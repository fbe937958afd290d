import { randomUUID } from 'node:crypto';
import type { AlertRedis } from './store.ts';

/** Name → text of files that make one thing. */
export type Texts = Readonly<Record<string, string>>;
/** Problems of the last reload, when it was refused. */
export type Refused = { readonly at: number; readonly problems: readonly string[] } | null;

/** What the last reload on any node came to: the texts all nodes follow, and why newer ones were refused. */
export interface SharedFiles {
  readonly version: string;
  /** ms of Redis time. */
  readonly atMs: number;
  /** null: no reload was sound yet, so each node goes on with the files it started with. */
  readonly taken: { readonly version: string; readonly texts: Texts; readonly atMs: number } | null;
  readonly refused: Refused;
}
/** As it lies in the store; the first files that were shared were rules. */
interface Kept extends Omit<SharedFiles, 'taken'> {
  readonly rules: SharedFiles['taken'];
}

/** Files of all nodes of one campaign, in the store. @param keys - of the texts, and of their version alone */
export function createSharedFiles(
  redis: Pick<AlertRedis, 'get' | 'set'>,
  keys: { readonly texts: string; readonly version: string },
) {
  const read = async (): Promise<SharedFiles | null> => {
    const text = await redis.get(keys.texts);
    if (text === null) return null;
    const { rules: taken, ...rest } = JSON.parse(text) as Kept;
    return { ...rest, taken };
  };
  return {
    read,
    version: (): Promise<string | null> => redis.get(keys.version),
    /** The texts first, then their version: whoever sees the version finds the texts, or newer ones. */
    async publish(
      atMs: number,
      found: { readonly texts: Texts } | { readonly problems: readonly string[] },
    ): Promise<SharedFiles> {
      const version = randomUUID();
      const shared: SharedFiles =
        'texts' in found
          ? { version, atMs, taken: { version, texts: found.texts, atMs }, refused: null }
          : { version, atMs, taken: (await read())?.taken ?? null, refused: { at: atMs, problems: found.problems } };
      const { taken: rules, ...rest } = shared;
      await redis.set(keys.texts, JSON.stringify({ ...rest, rules } satisfies Kept));
      await redis.set(keys.version, version);
      return shared;
    },
  };
}
export type SharedFilesStore = ReturnType<typeof createSharedFiles>;
