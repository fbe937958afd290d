import { describe, expect, it } from 'vitest';
import { fieldWrong, onceEach } from './bounds.ts';

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
