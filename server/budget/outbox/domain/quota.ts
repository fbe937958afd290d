/**
 * A platform's change limit for one object as a bucket of `quotaCount` tokens, each of which comes back `quotaWindowS` after it was
 * used. Stricter than a bucket that refills steadily, so it fits every platform that says "n changes in a window", wherever it
 * starts its window.
 */
export interface Quota {
  readonly quotaCount: number;
  readonly quotaWindowS: number;
}

/** Uses that still count, oldest first. */
export const usesWithin = (usedMs: readonly number[], { quotaWindowS }: Quota, nowMs: number): readonly number[] =>
  usedMs.filter((atMs) => atMs > nowMs - quotaWindowS * 1_000).sort((a, b) => a - b);

/**
 * When the next change may go, ms: `nowMs` when at once.
 * @param waitingCount - changes that are promised a token already
 */
export function nextTokenMs(usedMs: readonly number[], quota: Quota, nowMs: number, waitingCount = 0): number {
  const uses = usesWithin(usedMs, quota, nowMs);
  const free = quota.quotaCount - uses.length;
  if (waitingCount < free) return nowMs;
  const windowMs = quota.quotaWindowS * 1_000;
  const at = waitingCount - free; // this many tokens must come back first
  const round = Math.floor(at / quota.quotaCount);
  const use = uses[at % quota.quotaCount] ?? nowMs; // later ones come back a window after those that are promised now
  return use + windowMs * (round + 1);
}
