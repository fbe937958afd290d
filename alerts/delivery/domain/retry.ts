/** A message is tried for so long, then it is a dead letter. */
export const TRY_FOR_MS = 24 * 3_600_000;
const FIRST_MS = 1_000;
const MOST_MS = 300_000;
/** Nobody makes an alarm wait for longer than this, whatever it asks for. */
const RETRY_AFTER_MOST_MS = 3_600_000;

/**
 * Wait before the next try: doubles from 1 s to 5 min, spread by ± 20 % so that many do not come back together; as long as the
 * receiver asks for, up to an hour.
 * @param tries - tries so far, from 1
 * @param chance - 0 ≤ chance < 1
 */
export function backoffMs(tries: number, chance: number, retryAfterS: number | null): number {
  const plain = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(20, tries - 1));
  const spread = plain * (0.8 + 0.4 * chance);
  return Math.round(Math.max(spread, Math.min(RETRY_AFTER_MOST_MS, (retryAfterS ?? 0) * 1_000)));
}

/** Whether the next try would still be in time. */
export const mayTryAgain = (createdAtMs: number, nowMs: number, inMs: number): boolean =>
  nowMs + inMs - createdAtMs <= TRY_FOR_MS;

/** Statuses that are no verdict on the message: 408 and 429 (wait), 3xx (somebody may mend the way), 5xx. */
export const isRetryable = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 300 && status < 400) || status >= 500;
