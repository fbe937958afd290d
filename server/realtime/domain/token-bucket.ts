/** Allowance that fills up with time: `perSecond` on average, `burst` at once. */
export interface TokenBucket {
  readonly tokens: number;
  /** Monotonic ms of the last look. */
  readonly atMs: number;
}
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Takes one token. `ok` false: there was none, and nothing is taken. */
export function takeToken(
  bucket: TokenBucket,
  nowMs: number,
  { perSecond, burst }: BucketRate,
): { ok: boolean; bucket: TokenBucket } {
  const filled = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1_000);
  const ok = filled >= 1;
  return { ok, bucket: { tokens: ok ? filled - 1 : filled, atMs: nowMs } };
}
