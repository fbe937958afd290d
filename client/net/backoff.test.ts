import { describe, expect, it } from 'vitest';
import { retryDelayMs } from './backoff.ts';

describe('reconnect', () => {
  it('[UI15] waits 0.5 s, doubling to 8 s; jitter only shortens', () => {
    expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => retryDelayMs(attempt, 0))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
    ]);
    expect(retryDelayMs(4, 0.999)).toBeGreaterThanOrEqual(2_000);
  });
});
