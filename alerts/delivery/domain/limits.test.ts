import { describe, expect, it } from 'vitest';
import { NOW } from '../../../server/test/delivery-messages.ts';
import { isQuiet, minuteOfDayIn, sparedBy } from './fatigue.ts';
import { backoffMs, isRetryable, mayTryAgain, TRY_FOR_MS } from './retry.ts';

describe('retries', () => {
  it('[DLV5] waits double from 1 s to 5 min, spread by a fifth', () => {
    expect([1, 2, 3, 9, 10, 400].map((tries) => backoffMs(tries, 0.5, null))).toEqual([
      1_000, 2_000, 4_000, 256_000, 300_000, 300_000,
    ]);
    expect([backoffMs(1, 0, null), backoffMs(1, 0.999, null)]).toEqual([800, 1_200]);
  });
  it('[DLV5] Retry-After is kept when it is longer, up to an hour', () => {
    expect(backoffMs(1, 0.5, 30)).toBe(30_000);
    expect(backoffMs(10, 0.5, 30)).toBe(300_000);
    expect(backoffMs(1, 0.5, 1e9)).toBe(3_600_000);
  });
  it('[DLV5] 408, 429, 3xx and 5xx may pass; all other statuses are final', () => {
    expect([408, 429, 301, 302, 500, 503].map(isRetryable)).toEqual(Array.from({ length: 6 }, () => true));
    expect([400, 401, 403, 404, 409, 410, 413, 422].some(isRetryable)).toBe(false);
  });
  it('[DLV6] tries go on for 24 h to the millisecond', () => {
    expect(mayTryAgain(0, TRY_FOR_MS - 1_000, 1_000)).toBe(true);
    expect(mayTryAgain(0, TRY_FOR_MS - 1_000, 1_001)).toBe(false);
  });
});

describe('fatigue', () => {
  const limits = { perHour: 2, quietTier: 'cyan', quietFromMinute: 22 * 60, quietToMinute: 8 * 60 } as const;
  it.each([
    ['orange', 2, 720, 'fatigue limit'],
    ['orange', 1, 720, null],
    ['red', 99, 0, null],
    ['cyan', 0, 22 * 60, 'mute_time_interval'],
    ['cyan', 0, 22 * 60 - 1, null],
    ['blue', 0, 8 * 60 - 1, 'mute_time_interval'],
    ['blue', 0, 8 * 60, null],
    ['yellow', 0, 0, null],
  ] as const)('[DLV17] %s after %i pages at minute %i: %s', (tier, paged, minute, want) =>
    expect(sparedBy(limits, tier, paged, minute)).toBe(want),
  );
  it('[DLV17] a night within one day, and the campaign zone', () => {
    const day = { ...limits, quietFromMinute: 60, quietToMinute: 120 };
    expect([59, 60, 119, 120].map((minute) => isQuiet(day, minute))).toEqual([false, true, true, false]);
    expect(minuteOfDayIn('Asia/Shanghai', NOW)).toBe(0);
    expect(minuteOfDayIn('UTC', NOW)).toBe(16 * 60);
  });
});
