import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MoveView } from '#contract/budget';
import { waterfallOf } from './waterfall.ts';

const leg = (from: string, to: string, postedMinor: number, returnedMinor = 0) => ({
  from,
  to,
  amountMinor: postedMinor,
  postedMinor,
  returnedMinor,
  state: 'settled' as const,
  holdId: 'h',
  receipts: [],
});
const move = (id: string, endedAt: number | null, ...legs: ReturnType<typeof leg>[]): MoveView =>
  ({ id, requestedAt: 5, endedAt, legs }) as unknown as MoveView;

describe('the day of a budget', () => {
  it('[MON11] start, each move by what was really moved, now; moves in the order they took effect', () => {
    const moves = [
      move('m-2', 30, leg('chan:a', 'chan:b', 100, 40)),
      move('m-1', 20, leg('chan:c', 'chan:a', 50)),
      move('m-0', null, leg('chan:a', 'chan:b', 0)),
    ];
    const { openedMinor, nowMinor, steps } = waterfallOf('chan:a', 1_000, moves);
    expect([openedMinor, nowMinor]).toEqual([1_010, 1_000]);
    expect(
      steps.map(({ id, deltaMinor, fromMinor, toMinor, other }) => [id, deltaMinor, fromMinor, toMinor, other]),
    ).toEqual([
      ['m-1-0', 50, 1_010, 1_060, 'chan:c'],
      ['m-2-0', -60, 1_060, 1_000, 'chan:b'],
    ]);
  });
  it('[MON11] the day is of what took effect in it; what the reserve paid for overspend changes no budget', () => {
    const moves = [
      move('m-1', 90, leg('chan:a', 'chan:b', 100)), // settled the day before
      move('m-2', 110, leg('chan:a', 'chan:b', 7)), // asked for then, settled today
      { ...move('m-3', 120, leg('reserve:hq', 'cover:a', 50)), forced: true as const },
    ];
    expect(waterfallOf('chan:a', 1_000, moves, 100)).toMatchObject({ openedMinor: 1_007, steps: [{ id: 'm-2-0' }] });
    expect(waterfallOf('reserve:hq', 900, moves, 100)).toMatchObject({ openedMinor: 900, steps: [] });
  });
  it('[MON11] it always adds up', () => {
    const one = fc.record({ posted: fc.nat(1e9), back: fc.nat(1e6), out: fc.boolean(), at: fc.nat(100) });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), fc.nat(1e12), (all, now) => {
        const moves = all.map(({ posted, back, out, at }, n) =>
          move(`m-${n}`, at, out ? leg('chan:a', 'chan:b', posted, back) : leg('chan:b', 'chan:a', posted, back)),
        );
        const { openedMinor, steps } = waterfallOf('chan:a', now, moves);
        expect(steps.reduce((at, { deltaMinor }) => at + deltaMinor, openedMinor)).toBe(now);
        expect(steps.at(-1)?.toMinor ?? now).toBe(now);
      }),
    );
  });
});
