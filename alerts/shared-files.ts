import { randomUUID } from 'node:crypto';
import { AppError } from '#contract/errors';
import type { Log } from '../server/room/log.ts';
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

export interface FollowerDeps {
  readonly shared: SharedFilesStore;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Makes texts this node's own. @throws {AppError} when they are not sound here; the old ones stay */
  readonly take: (texts: Texts) => void;
  /** What the files make, for the log. */
  readonly what: string;
}
/** One node among those that share files: it goes by its own or by what a reload on any node came to, and tells what was refused. */
export function createFollower({ shared, nowMs, log, take, what }: FollowerDeps) {
  let refused: Refused = null;
  /** Versions that this node knows of, and goes by. */
  let seenVersion: string | null = null;
  let takenVersion: string | null = null;

  function takeTheirs(texts: Texts): void {
    try {
      take(texts);
      refused = null;
    } catch (error) {
      // another build knows other figures; this node may lack a secret, or may not call an address that the other one may
      const problems = problemsOf(error);
      refused = { at: nowMs(), problems };
      log.warn({ problems }, `the ${what} that another node took are refused here; the old ones go on`);
    }
  }
  return {
    /** What is wrong with the newest files, while older ones go on. */
    refused: (): Refused => refused,
    /** At the start, after this node's own files: theirs, unless this node's were written since (`writtenAtMs`). */
    async start(writtenAtMs: () => number): Promise<void> {
      const known = await shared.read();
      if (known === null) return;
      seenVersion = known.version;
      takenVersion = known.taken?.version ?? null;
      if (known.taken !== null && known.taken.atMs >= writtenAtMs()) takeTheirs(known.taken.texts);
      refused = known.refused ?? refused;
    },
    /** Takes what a reload on another node came to. */
    async follow(): Promise<void> {
      const version = await shared.version();
      if (version === null || version === seenVersion) return;
      const known = await shared.read();
      if (known === null) return;
      seenVersion = known.version;
      refused = known.refused;
      if (known.taken === null || known.taken.version === takenVersion) return;
      takenVersion = known.taken.version;
      takeTheirs(known.taken.texts);
    },
    /** What this node has taken is for all. */
    async publish(texts: Texts): Promise<void> {
      seenVersion = takenVersion = (await shared.publish(nowMs(), { texts })).version;
      refused = null;
    },
    /** This node's new files are not sound: said on all nodes, while the old ones go on. */
    async refuse(problems: readonly string[]): Promise<void> {
      const known = await shared.publish(nowMs(), { problems });
      seenVersion = known.version;
      refused = known.refused;
    },
  };
}
export const problemsOf = (error: unknown): string[] =>
  error instanceof AppError ? error.message.split('\n') : [String(error)];
