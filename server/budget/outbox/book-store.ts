import { randomUUID } from 'node:crypto';
import { coreKey } from '../../store/keys.ts';
import { loadScript, runScript, type ScriptRunner } from '../../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs, timelineKeyList, timelineKeys } from '../../store/timeline.ts';
import { emptyBook, type ObjectBook } from './domain/book.ts';

/** Hash of one channel's object: `version`, `book` (JSON of `ObjectBook`). */
export const bookKey = (prefix: string, instance: string, channel: string): string =>
  coreKey(prefix, instance, `outbox:object:${channel}`);
const writeScript = loadScript('write-book-4');
/** Writers of one book are few: a node at work, the reconciliation, a person. */
const WRITES_MAX = 20;

export interface BookRedis extends ScriptRunner {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
}
export interface BookStore {
  load(): Promise<ObjectBook>;
  /**
   * Changes the book by a pure function of what it is now; tried again on what somebody else wrote meanwhile. The same book back
   * writes nothing. Entries are appended in the same step.
   */
  change(
    fold: (book: ObjectBook) => ObjectBook,
    tell?: (before: ObjectBook, after: ObjectBook) => readonly NewTimelineEntry[],
  ): Promise<{ before: ObjectBook; after: ObjectBook }>;
}

export function createBookStore(
  redis: BookRedis,
  { prefix, instance, channel, objectId }: { prefix: string; instance: string; channel: string; objectId: string },
): BookStore {
  const key = bookKey(prefix, instance, channel);
  const keys = [key, ...timelineKeyList(timelineKeys(prefix, instance))];

  async function read(): Promise<{ version: string; book: ObjectBook }> {
    const [version, kept] = await redis.hmget(key, 'version', 'book');
    const empty = emptyBook(objectId, channel);
    if (kept == null) return { version: '', book: empty };
    const book = JSON.parse(kept) as ObjectBook;
    // another object of the same channel, after an edit of the campaign file: nothing known of the old one holds
    return { version: version ?? '', book: book.objectId === objectId ? book : empty };
  }
  return {
    load: async () => (await read()).book,
    async change(fold, tell = () => []) {
      for (let tries = 0; tries < WRITES_MAX; tries += 1) {
        const { version, book: before } = await read();
        const after = fold(before);
        if (after === before) return { before, after };
        const entries = tell(before, after).map((entry) => timelineArgs(entry)[0]);
        const next = String(Number(version || '0') + 1);
        const args = [version, next, JSON.stringify(after), randomUUID(), ...entries];
        if ((await runScript(redis, writeScript, keys, args)) === 1) return { before, after };
      }
      throw new Error(`the book of ${channel} is written by too many at once`);
    },
  };
}
