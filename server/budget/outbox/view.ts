import type { PlatformView } from '#contract/budget';
import type { PlatformLink } from '#contract/platforms';
import { driftMinor, type ObjectBook } from './domain/book.ts';
import { nextTokenMs, usesWithin } from './domain/quota.ts';

/** When a change asked for now could go, ms; null: at once. What waits goes out together, so it takes one token. */
export function nextChangeAtMs(book: ObjectBook, link: PlatformLink, nowMs: number): number | null {
  const waitingCount = book.queue.some(({ state }) => state === 'queued') ? 1 : 0;
  const untilMs = Math.max(book.notBeforeMs, nextTokenMs(book.usedMs, link, nowMs, waitingCount));
  return untilMs > nowMs ? untilMs : null;
}

/** When the object takes another change by its own window, ms; null: now. What waits goes out with it, in one call. */
export function nextQuotaAtMs(book: ObjectBook, link: PlatformLink, nowMs: number): number | null {
  const untilMs = nextTokenMs(book.usedMs, link, nowMs);
  return untilMs > nowMs ? untilMs : null;
}

/** @param reportedMinor - spent today by the reports that were sent to the console; null when not known */
export function platformView(
  book: ObjectBook,
  link: PlatformLink,
  nowMs: number,
  reportedMinor: number | null,
): PlatformView {
  const { reading, sent, queue, expectedMinor, driftSinceMs, trouble } = book;
  const drift = driftMinor(book);
  const nextMs = nextChangeAtMs(book, link, nowMs);
  return {
    objectId: link.objectId,
    targetMinor: expectedMinor,
    readBackMinor: reading?.dailyBudgetMinor ?? null,
    readBackAt: reading?.atMs ?? null,
    driftMinor: drift === 0 ? null : drift,
    changesLeftCount: Math.max(0, link.quotaCount - usesWithin(book.usedMs, link, nowMs).length),
    nextChangeAt: nextMs,
    state: sent === null ? (queue.length > 0 ? 'waiting' : 'idle') : sent.unknown ? 'unknown' : 'sending',
    waitingCount: queue.length,
    driftSince: driftSinceMs,
    spentMinor: reading?.spentMinor ?? null,
    spendGapMinor: reading === null || reportedMinor === null ? null : reading.spentMinor - reportedMinor,
    trouble,
  };
}
