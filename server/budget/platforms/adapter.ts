import type { PlatformReading } from '#contract/platforms';

/** What came of setting a budget. Whatever a platform says it did, the budget it tells is what counts. */
export type SetAnswer =
  | { readonly kind: 'answered'; readonly reading: PlatformReading; readonly rejected: string | null }
  /** Surely without effect; a later try may succeed. */
  | { readonly kind: 'not_done'; readonly why: string; readonly retryAfterMs: number }
  /** Nobody knows whether it took effect. */
  | { readonly kind: 'lost'; readonly why: string };
export type ReadAnswer =
  | { readonly kind: 'read'; readonly reading: PlatformReading }
  | { readonly kind: 'unreadable'; readonly why: string; readonly retryAfterMs: number };

/**
 * A way to one kind of ad platform. Small on purpose: everything that makes moving money safe is in the outbox, so that a new
 * platform needs these two calls and its link in the campaign file. Neither ever throws, and both end within their limit.
 */
export interface PlatformAdapter {
  /** @param absoluteMinor - the daily budget to have, so that a repetition is harmless @param call.id - the same over all tries */
  setDailyBudget(objectId: string, absoluteMinor: number, call: { readonly id: string }): Promise<SetAnswer>;
  read(objectId: string): Promise<ReadAnswer>;
}
/** Both calls and some Redis fit into one claim of due work (8 s). */
export const SET_TIMEOUT_MS = 3_000;
export const READ_TIMEOUT_MS = 2_000;
