import { AppError } from '#contract/errors';
import type { Actor } from '#contract/permissions';
import type { DriftBody } from '#contract/platforms';
import type { PlatformAdapter } from '../platforms/adapter.ts';
import type { BookStore, LedgerNote } from './book-store.ts';
import { driftMinor, enqueue, noteReading, type ObjectBook } from './domain/book.ts';
import { tellChange } from './tell.ts';

/** What a person saw when deciding about drift, and why. */
export type Settling = Readonly<DriftBody>;

export interface ReconcileDeps {
  readonly channel: string;
  readonly objectId: string;
  readonly adapter: PlatformAdapter;
  readonly store: BookStore;
  readonly nowMs: () => number;
  readonly policyVersion: () => number;
  /** Day of an instant in the campaign's zone. */
  readonly dayOf: (ms: number) => string;
  /** What the platform's budget was asked to be before anything was confirmed: the opening allocation. */
  readonly openingMinor: () => Promise<number>;
  /** What a new day's budget is to be, given what the platform says was spent today; null when money cannot tell. */
  readonly dayTargetMinor: (spentTodayMinor: number) => Promise<number | null>;
}
export interface Reconciler {
  /** Reads the platform once. Returns false when it could not be read. */
  look(): Promise<boolean>;
  /** Theirs is right: it is our base from now on. No balance changes; the decision is a line of the ledger. @throws {AppError} `forbidden` for a higher one without `mayRaise` */
  adopt(seen: Settling, by: Actor, mayRaise: boolean): Promise<ObjectBook>;
  /** Ours is right: it is asked for again. @param commandId - the same for a retry */
  reassert(seen: Settling, by: Actor, commandId: string): Promise<ObjectBook>;
}

/** Compares the platform's budget with ours, and settles a difference the way a person decides. */
export function createReconciler(deps: ReconcileDeps): Reconciler {
  const { channel, objectId, adapter, store, nowMs, dayOf } = deps;

  /** @throws {AppError} `conflict` without drift, `version_conflict` when it is not the one the person saw */
  function checkSeen(book: ObjectBook, seenMinor: number): void {
    if (driftMinor(book) === 0)
      throw new AppError('conflict', `the platform's budget of ${channel} is ours already; there is nothing to settle`);
    if (book.reading?.dailyBudgetMinor !== seenMinor)
      throw new AppError(
        'version_conflict',
        `the platform's budget of ${channel} is ${book.reading?.dailyBudgetMinor ?? 'unknown'} by now; look again and decide`,
        { field: '/theirsMinor', extra: { theirsMinor: book.reading?.dailyBudgetMinor ?? null } },
      );
  }
  /** Raises of moves that are not on the platform yet, although the ledger has them. */
  const comingMinor = (book: ObjectBook): number =>
    book.queue.reduce((sum, { moveId, deltaMinor }) => sum + (moveId === null ? 0 : Math.max(0, deltaMinor)), 0);
  /** A person's decision, in the chain with everything else that says what is allocated. */
  const noteOf =
    (kind: LedgerNote['kind'], { theirsMinor, reason }: Settling, actor: Actor) =>
    (book: ObjectBook): LedgerNote => {
      const oursMinor = book.expectedMinor ?? 0;
      const members = {
        actor,
        policyVersion: deps.policyVersion(),
        reason: reason ?? `platform budget: ${kind}`,
        day: dayOf(nowMs()),
        oursMinor: String(oursMinor),
        theirsMinor: String(theirsMinor),
      };
      const meta = JSON.stringify(members).slice(1, -1);
      return { kind, amountMinor: Math.abs(theirsMinor - oursMinor), meta };
    };
  const ask = (book: ObjectBook, id: string): ObjectBook =>
    enqueue(book, { id, moveId: null, deltaMinor: -driftMinor(book), createdAtMs: nowMs() });

  return {
    async look() {
      const read = await adapter.read(objectId);
      if (read.kind === 'unreadable') {
        await store.change((book) => ({ ...book, trouble: read.why }), tellChange);
        return false;
      }
      const { reading } = read;
      const day = dayOf(nowMs());
      const known = await store.load();
      const openingMinor = known.expectedMinor === null ? await deps.openingMinor() : 0;
      const turned = known.day !== '' && known.day !== day;
      const targetMinor = turned ? await deps.dayTargetMinor(reading.spentMinor) : null;
      await store.change((book) => {
        if (book.sent !== null) return book; // the call under way brings its own reading
        // it answers again: what a call that is still to be repeated said stays, what an earlier reading said does not
        const trouble = book.queue.length === 0 ? '' : book.trouble;
        const based = { ...book, trouble, expectedMinor: book.expectedMinor ?? openingMinor };
        if (targetMinor === null || book.day === day) return noteReading(based, reading, nowMs(), day);
        // a platform's budget is for a day: what the day before spent of our allocation must not be offered once more
        const expectedMinor = targetMinor - comingMinor(book);
        const set = noteReading({ ...based, expectedMinor }, reading, nowMs(), day);
        return driftMinor(set) === 0 ? set : ask(set, `assert:day:${day}`);
      }, tellChange);
      return true;
    },
    async adopt(seen, by, mayRaise) {
      const { theirsMinor: seenMinor, reason } = seen;
      const adopted = await store.change(
        (book) => {
          const done = book.expectedMinor === seenMinor && book.reading?.dailyBudgetMinor === seenMinor;
          if (done) return book; // asked again
          checkSeen(book, seenMinor);
          // whoever raised it there would otherwise have gone round every approval
          if (!mayRaise && driftMinor(book) > 0)
            throw new AppError(
              'forbidden',
              `the platform's budget of ${channel} is higher than ours: finance or a commander adopts it, or ask for ours again`,
            );
          return { ...book, expectedMinor: seenMinor, driftSinceMs: null };
        },
        (before) => [
          {
            kind: 'platform.adopted',
            actor: by,
            params: {
              channel,
              object: objectId,
              oursMinor: before.expectedMinor ?? 0,
              theirsMinor: seenMinor,
              ...(reason === undefined ? {} : { reason }),
            },
          },
        ],
        noteOf('adopt', seen, by),
      );
      return adopted.after;
    },
    async reassert(seen, by, commandId) {
      const { theirsMinor: seenMinor, reason } = seen;
      const asked = await store.change(
        (book) => {
          const known = book.queue.some(({ id }) => id === commandId) || book.endedIds.includes(commandId);
          if (known) return book;
          checkSeen(book, seenMinor);
          if (book.queue.some(({ moveId }) => moveId === null))
            throw new AppError('conflict', `our budget of ${channel} is on its way already; wait for the answer`);
          return ask(book, commandId);
        },
        (before) => [
          {
            kind: 'platform.reasserted',
            actor: by,
            params: {
              channel,
              object: objectId,
              oursMinor: before.expectedMinor ?? 0,
              theirsMinor: seenMinor,
              ...(reason === undefined ? {} : { reason }),
            },
          },
        ],
        noteOf('reassert', seen, by),
      );
      return asked.after;
    },
  };
}
