import { randomUUID } from 'node:crypto';
import { coreKey } from '../../store/keys.ts';
import { loadScript, runScript, type ScriptRunner } from '../../store/scripts.ts';
import { type NewTimelineEntry, timelineArgs } from '../../store/timeline.ts';
import { chan } from '../domain/accounts.ts';
import { refusal } from '../domain/refusals.ts';
import { moneyKeys } from '../store/money-keys.ts';
import { emptyBook, type ObjectBook } from './domain/book.ts';

/** Hash of one channel's object: `version`, `book` (JSON of `ObjectBook`). */
export const bookKey = (prefix: string, instance: string, channel: string): string =>
  coreKey(prefix, instance, `outbox:object:${channel}`);
const writeScript = loadScript('write-book-8');
/** Writers of one book are few: a node at work, the reconciliation, a person. */
const WRITES_MAX = 20;

/** A line of the ledger that changes no balance. */
export interface LedgerNote {
  readonly kind: 'adopt' | 'reassert';
  /** Above 0. */
  readonly amountMinor: number;
  /** Members `actor` … `theirsMinor` of the line as JSON without braces, in the line's order. */
  readonly meta: string;
}
export interface BookRedis extends ScriptRunner {
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
}
export interface BookStore {
  load(): Promise<ObjectBook>;
  /**
   * Changes the book by a pure function of what it is now; tried again on what somebody else wrote meanwhile. The same book back
   * writes nothing. Entries, and the ledger's line of a decision, are appended in the same step.
   * @throws {AppError} `ledger_frozen` when a line is to be written and money writes are stopped
   */
  change(
    fold: (book: ObjectBook) => ObjectBook,
    tell?: (before: ObjectBook, after: ObjectBook) => readonly NewTimelineEntry[],
    note?: (before: ObjectBook) => LedgerNote | null,
  ): Promise<{ before: ObjectBook; after: ObjectBook }>;
}

export function createBookStore(
  redis: BookRedis,
  { prefix, instance, channel, objectId }: { prefix: string; instance: string; channel: string; objectId: string },
): BookStore {
  const key = bookKey(prefix, instance, channel);
  const { head, ledger, accounts, holds, timeline } = moneyKeys(prefix, instance);
  const keys = [head, ledger, accounts, holds, key, ...timeline];

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
    async change(fold, tell = () => [], note = () => null) {
      for (let tries = 0; tries < WRITES_MAX; tries += 1) {
        const { version, book: before } = await read();
        const after = fold(before);
        if (after === before) return { before, after };
        const entries = tell(before, after).map((entry) => timelineArgs(entry)[0]);
        const next = String(Number(version || '0') + 1);
        const line = note(before);
        const entry =
          line === null
            ? ''
            : JSON.stringify({
                kind: line.kind,
                account: chan(channel),
                amount: String(line.amountMinor),
                meta: line.meta,
              });
        const args = [version, next, JSON.stringify(after), randomUUID(), entry, `d-${channel}`, ...entries];
        const written = await runScript(redis, writeScript, keys, args);
        if (written === -1) throw refusal('ledger_frozen');
        if (written === 1) return { before, after };
      }
      throw new Error(`the book of ${channel} is written by too many at once`);
    },
  };
}
