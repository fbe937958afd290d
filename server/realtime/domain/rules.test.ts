import { describe, expect, it } from 'vitest';
import { type OutboundState, slowVerdict } from './slow-screen.ts';
import { takeToken } from './token-bucket.ts';

const limits = { queueCount: 2, queueBytes: 1_048_576, timelineBytes: 262_144, overMs: 1_000, stuckMs: 15_000 };
const fast: OutboundState = { writable: true, queuedCount: 0, unsentBytes: 0, waitingMs: 0, overMs: 0 };

describe('slow screens', () => {
  for (const { title, state, want } of [
    { title: '[SOCK9] a screen that takes its frames gets them', state: fast, want: 'send' },
    { title: '[SOCK9] one write in flight skips one frame', state: { ...fast, writable: false }, want: 'skip' },
    { title: '[SOCK9] two packets may wait', state: { ...fast, queuedCount: 2 }, want: 'send' },
    { title: '[SOCK9] three may not', state: { ...fast, queuedCount: 3 }, want: 'skip' },
    { title: '[SOCK9] above 1 MiB unsent', state: { ...fast, unsentBytes: 1_048_577 }, want: 'skip' },
    { title: '[SOCK10] 15 s is still allowed', state: { ...fast, writable: false, waitingMs: 15_000 }, want: 'skip' },
    { title: '[SOCK10] longer is stuck', state: { ...fast, writable: false, waitingMs: 15_001 }, want: 'stuck' },
    {
      title: '[SOCK11] 256 KiB of what may not be skipped is still allowed',
      state: { ...fast, writable: false, unsentBytes: 262_144, overMs: 9_000 },
      want: 'skip',
    },
    {
      title: '[SOCK11] more is too slow',
      state: { ...fast, writable: false, unsentBytes: 262_145, overMs: 1_001 },
      want: 'too_slow',
    },
    {
      title: '[SOCK11] a burst has a second to leave',
      state: { ...fast, writable: false, unsentBytes: 262_145, overMs: 1_000 },
      want: 'skip',
    },
  ] as const)
    it(title, () => expect(slowVerdict(state, limits)).toBe(want));
});

it('[SOCK6] a burst is allowed, then the rate; time refills it', () => {
  const rate = { perSecond: 10, burst: 20 };
  let bucket = { tokens: 20, atMs: 0 };
  const take = (atMs: number): boolean => {
    const taken = takeToken(bucket, atMs, rate);
    bucket = taken.bucket;
    return taken.ok;
  };
  expect(Array.from({ length: 20 }, () => take(0))).not.toContain(false);
  expect(take(0)).toBe(false);
  expect(take(99)).toBe(false);
  expect(take(100)).toBe(true);
  expect(take(100)).toBe(false);
  expect(Array.from({ length: 21 }, () => take(1_000_000)).filter(Boolean)).toHaveLength(20);
});
