import { describe, expect, it } from 'vitest';
import { type Bucket, chargeQuota, quotaWaitMs } from './quota.ts';

describe('quota', () => {
  it('[AUTH50] a new key has one second’s worth', () => {
    expect(quotaWaitMs(null, 100, 0)).toBe(0);
    expect(chargeQuota(null, 100, 40, 0)).toEqual({ leftCount: 60, atMs: 0 });
  });
  it('[AUTH51] a body larger than what is left makes a debt that is waited for', () => {
    const bucket = chargeQuota(null, 100, 350, 0);
    expect(bucket.leftCount).toBe(-250);
    expect(quotaWaitMs(bucket, 100, 0)).toBe(2_510);
    expect(quotaWaitMs(bucket, 100, 2_509)).toBe(1);
    expect(quotaWaitMs(bucket, 100, 2_510)).toBe(0);
  });
  it('[AUTH52] what is not used is not saved beyond one second', () =>
    expect(chargeQuota({ leftCount: 50, atMs: 0 }, 100, 0, 3_600_000).leftCount).toBe(100));
  it('[AUTH53] a clock that stands still or goes back gives nothing', () =>
    expect(chargeQuota({ leftCount: 5, atMs: 1_000 }, 100, 0, 0)).toEqual({ leftCount: 5, atMs: 1_000 }));
  it('[AUTH54] over a minute of asking each 10 ms the rate is the quota', () => {
    let bucket: Bucket | null = null;
    let passed = 0;
    for (let nowMs = 0; nowMs <= 60_000; nowMs += 10) {
      if (quotaWaitMs(bucket, 1_000, nowMs) > 0) continue;
      bucket = chargeQuota(bucket, 1_000, 700, nowMs);
      passed += 700;
    }
    expect(passed).toBeGreaterThanOrEqual(60_000);
    expect(passed).toBeLessThanOrEqual(61_700);
  });
});
