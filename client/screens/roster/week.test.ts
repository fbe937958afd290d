import { describe, expect, it } from 'vitest';
import type { DutySegment } from '#contract/duty';
import { DAY_MS, onNow, placeOf, weekRows } from './week.ts';

const segment = (
  post: string,
  role: 'A' | 'B',
  person: string,
  fromMs: number,
  toMs: number,
  by: DutySegment['by'] = 'shift',
): DutySegment => ({
  post,
  role,
  person,
  by,
  id: null,
  fromMs,
  toMs,
});

describe('the week', () => {
  const rows = weekRows([
    segment('tech', 'A', 'Guo', 0, 10),
    segment('tech', 'A', 'Luo', 10, 20),
    segment('tech', 'B', 'Sun', 0, 20, 'roster'),
  ]);
  it('[PAGE24] a line a post and role; a line of the roster alone is not planned', () => {
    expect(rows.map(({ post, role, segments, isPlanned }) => [post, role, segments.length, isPlanned])).toEqual([
      ['tech', 'A', 2, true],
      ['tech', 'B', 1, false],
    ]);
  });
  it('[PAGE24] who is on changes at the first ms of the next segment', () => {
    const who = (nowMs: number) => onNow(rows, nowMs).map(({ a, b, nextA }) => [a?.person, b?.person, nextA?.person]);
    expect(who(9)).toEqual([['Guo', 'Sun', 'Luo']]);
    expect(who(10)).toEqual([['Luo', 'Sun', undefined]]);
    expect(who(20)).toEqual([[undefined, undefined, undefined]]);
  });
  it('[PAGE24] a segment is cut at the borders of the week', () => {
    expect(placeOf({ fromMs: -DAY_MS, toMs: DAY_MS }, 0)).toEqual({ left: 0, width: 1 / 7 });
    expect(placeOf({ fromMs: 6 * DAY_MS, toMs: 9 * DAY_MS }, 0).width).toBeCloseTo(1 / 7);
    expect(placeOf({ fromMs: 8 * DAY_MS, toMs: 9 * DAY_MS }, 0).width).toBe(0);
  });
});
