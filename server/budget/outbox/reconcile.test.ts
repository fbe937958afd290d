import { expect, it } from 'vitest';
import type { PlatformAdapter } from '../platforms/adapter.ts';
import type { BookStore } from './book-store.ts';
import { emptyBook } from './domain/book.ts';
import { createReconciler } from './reconcile.ts';

it('[OBX13] a platform that could not be read is in trouble until it is read, no longer', async () => {
  let book = emptyBook('sem-1', 'search');
  let up = false;
  const store = {
    load: async () => book,
    change: async (fold: (before: typeof book) => typeof book) => {
      const before = book;
      book = fold(before);
      return { before, after: book };
    },
  } as unknown as BookStore;
  const reading = { dailyBudgetMinor: 500, spentMinor: 0, version: 1 };
  const read = async () => (up ? { kind: 'read', reading } : { kind: 'unreadable', why: 'connect ECONNREFUSED' });
  const { look } = createReconciler({
    channel: 'search',
    objectId: 'sem-1',
    adapter: { read } as unknown as PlatformAdapter,
    store,
    nowMs: () => 1,
    policyVersion: () => 1,
    dayOf: () => '2026-11-11',
    openingMinor: async () => 500,
    dayTargetMinor: async () => null,
  });
  expect([await look(), book.trouble]).toEqual([false, 'connect ECONNREFUSED']);
  up = true;
  expect([await look(), book.trouble, book.expectedMinor]).toEqual([true, '', 500]);
});
