/** What is left of a quota. Below zero: a body was larger than what was left, and is paid back before the next one. */
export interface Bucket {
  readonly leftCount: number;
  /** When `leftCount` was true, ms of a monotonic clock. */
  readonly atMs: number;
}

function refill(bucket: Bucket | null, quotaPerSecond: number, nowMs: number): Bucket {
  if (bucket === null) return { leftCount: quotaPerSecond, atMs: nowMs };
  const earned = (Math.max(0, nowMs - bucket.atMs) * quotaPerSecond) / 1_000;
  return { leftCount: Math.min(quotaPerSecond, bucket.leftCount + earned), atMs: Math.max(nowMs, bucket.atMs) };
}

/**
 * May a body come in? Asked before it is parsed, when its number of events is still unknown: yes as long as one event is left.
 * @returns 0 to let it in, else how long to wait, ms
 */
export function quotaWaitMs(bucket: Bucket | null, quotaPerSecond: number, nowMs: number): number {
  const { leftCount } = refill(bucket, quotaPerSecond, nowMs);
  return leftCount >= 1 ? 0 : Math.ceil(((1 - leftCount) * 1_000) / quotaPerSecond);
}

/**
 * Takes the events of a body that was let in; may leave a debt. So the long-run rate is exact, and a burst is at most one
 * second's worth and what was in flight. Kept per node: N nodes let through up to N quotas.
 */
export function chargeQuota(bucket: Bucket | null, quotaPerSecond: number, count: number, nowMs: number): Bucket {
  const { leftCount, atMs } = refill(bucket, quotaPerSecond, nowMs);
  return { leftCount: leftCount - count, atMs };
}
