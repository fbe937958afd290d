import { expect, it } from 'vitest';
import { clockJumped } from './redis-clock.ts';

it('[DUE9] more than 5 s between the two clocks is a jump, in either direction; a long pause of both is none', () => {
  const before = { redisMs: 1_000_000, monotonicMs: 50 };
  expect(clockJumped(before, { redisMs: 1_060_000, monotonicMs: 60_050 })).toBe(false);
  expect(clockJumped(before, { redisMs: 1_005_500, monotonicMs: 550 })).toBe(false);
  expect(clockJumped(before, { redisMs: 1_005_501, monotonicMs: 550 })).toBe(true);
  expect(clockJumped(before, { redisMs: 995_499, monotonicMs: 550 })).toBe(true);
});
