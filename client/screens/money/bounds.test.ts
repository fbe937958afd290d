import { describe, expect, it } from 'vitest';
import { fieldWrong, learnsAnew, onceEach } from './bounds.ts';

describe('limits of an amount', () => {
  it('[MON22] a limit is said at the field as the server will judge it, requests that wait counted', () => {
    const bounds = {
      allocated: 500,
      kind: 'chan',
      floor: 100,
      cap: 1_000,
      held: 50,
      incoming: 100,
      pinned: false,
    } as const;
    const row = { ...bounds, releasable: 300, step: { outMinor: 340, inMinor: 450 } };
    expect([null, 0, 400, -300].map((delta) => fieldWrong(delta, row))).toEqual([null, null, null, null]);
    expect(fieldWrong(401, row)).toEqual({ code: 'above_cap', limitMinor: 900 });
    expect(fieldWrong(451, { ...row, cap: null })).toEqual({ code: 'step_too_large', limitMinor: 450 });
    expect(fieldWrong(-351, row)).toEqual({ code: 'below_floor', limitMinor: 150 });
    expect(fieldWrong(-345, row)).toEqual({ code: 'step_too_large', limitMinor: 340 });
    expect(fieldWrong(-301, row)).toEqual({ code: 'not_releasable', limitMinor: 300 });
    const moved = { ...row, cap: null, room: { outMinor: 200, inMinor: 150 } };
    expect(fieldWrong(151, moved)).toEqual({ code: 'split_limit_exceeded', limitMinor: 150 });
    expect(fieldWrong(-201, moved)).toEqual({ code: 'split_limit_exceeded', limitMinor: 200 });
  });
  it('[MON15] a change after which the platform learns anew is said, and is no limit', () => {
    const row = { allocated: 500, learningResetRatio: 0.2 };
    expect([100, 101, -101].map((delta) => learnsAnew(row, delta))).toEqual([false, true, true]);
    expect(learnsAnew({ allocated: 500 }, 400)).toBe(false);
  });
  it('[MON20] one limit is said once: of all sums the one that is nearest', () => {
    const sum = {
      code: 'split_limit_exceeded',
      account: null,
      limitMinor: 100,
      askedMinor: 91,
      until: null,
      violated: false,
    } as const;
    const nearer = { ...sum, askedMinor: 99 };
    const cap = { ...sum, code: 'above_cap', account: 'chan:a' } as const;
    expect(onceEach([sum, cap, nearer, sum])).toEqual([cap, nearer]);
  });
});
