import { describe, expect, it } from 'vitest';
import { alertsOf, rateAt } from './alert-rate.ts';

const T = 1_800_000_000_000; // a whole ten minutes
describe('alert rate', () => {
  it('[PAGE40] ten-minute steps end with the running one; the first ms of a step is in it, what is older falls out', () => {
    const fired = [
      { atMs: T, count: 1 },
      { atMs: T - 1, count: 2 },
      { atMs: T - 17 * 600_000, count: 4 },
      { atMs: T - 17 * 600_000 - 1, count: 8 },
    ];
    const { fromMs, stepMs, counts } = rateAt(fired, T + 5);
    expect([fromMs, stepMs, counts.length]).toEqual([T - 17 * 600_000, 600_000, 18]);
    expect([counts[0], counts[16], counts[17]]).toEqual([4, 2, 1]);
  });
  it('[PAGE40] a folded storm counts as many as it was', () => {
    expect(alertsOf({ kind: 'alert.fired', params: {} })).toBe(1);
    expect(alertsOf({ kind: 'alert.storm', params: { n: 63 } })).toBe(63);
    expect(alertsOf({ kind: 'alert.storm', params: {} })).toBe(1);
  });
});
