import { describe, expect, it } from 'vitest';
import { heapIsHigh, isQuietHour, lookAtHeap, NO_HEAP, quietHours, RELOAD_EVERY_MS, reloadAfterMs } from './hygiene.ts';

const watch = (bytes: readonly number[]) => bytes.reduce(lookAtHeap, NO_HEAP);
const times = (count: number, bytes: number): number[] => Array.from({ length: count }, () => bytes);

describe('a wall that runs for days', () => {
  it('[TAKE40] loads itself again after 12 h and up to one more, spread over the hour by its name', () => {
    const names = Array.from({ length: 200 }, (_, n) => `wall-${n}`);
    const after = names.map(reloadAfterMs);
    for (const ms of after) {
      expect(ms).toBeGreaterThanOrEqual(RELOAD_EVERY_MS);
      expect(ms).toBeLessThan(RELOAD_EVERY_MS + 3_600_000);
    }
    expect(new Set(after.map((ms) => Math.floor(ms / 60_000))).size).toBeGreaterThan(40);
    expect(reloadAfterMs('wall-7')).toBe(after[7]);
  });
  it('[TAKE41] memory: more than twice the warm baseline for five minutes; the start and a short peak do not count', () => {
    expect(heapIsHigh(watch([...times(4, 90), ...times(16, 10), ...times(10, 20)]))).toBe(false); // exactly twice
    expect(heapIsHigh(watch([...times(4, 90), ...times(16, 10), ...times(10, 21)]))).toBe(true);
    expect(heapIsHigh(watch([...times(20, 10), ...times(9, 90), 15]))).toBe(false); // one collection frees it
    expect(heapIsHigh(watch(times(9, 90)))).toBe(false);
  });
  it('[TAKE42] quiet hours, also over midnight', () => {
    const night = quietHours('23:30-07:00');
    if (night === null) throw new Error('not read');
    expect([1_409, 1_410, 0, 419, 420].map((minute) => isQuietHour(night, minute))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    for (const wrong of [null, '', '7-8', '24:00-07:00', '01:00–02:00']) expect(quietHours(wrong)).toBeNull();
  });
});
