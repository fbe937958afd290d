import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curveOver, minuteCurve } from './curve.ts';

const curves = fc
  .record({
    fromMinute: fc.integer({ min: -120, max: 120 }),
    total: fc.integer({ min: 1, max: 1e14 }),
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.double({ min: 0.01, max: 50, noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    }),
  })
  .map(({ fromMinute, total, steps }) => {
    const points: [number, number][] = [[0, 1]];
    for (const [minutes, weight] of steps) points.push([(points.at(-1)?.[0] ?? 0) + minutes, weight]);
    return { fromMinute, total, points };
  });

describe('curve', () => {
  it('[CAM1] the minutes of a curve sum to its scaled total, exactly', () => {
    fc.assert(
      fc.property(curves, fc.double({ min: 0.0005, max: 1, noNaN: true }), (curve, scale) => {
        const { values } = minuteCurve(curve, scale);
        expect(values.reduce((a, b) => a + b, 0)).toBe(Math.round(curve.total * scale));
        expect(values.every((value) => Number.isInteger(value) && value >= 0)).toBe(true);
        expect(values.length).toBe(curve.points.at(-1)?.[0]);
      }),
      { numRuns: 200 },
    );
  });
  it('[CAM2] adjacent spans add up to the span they make', () => {
    const opensAtMs = 1_700_000_000_000;
    fc.assert(
      fc.property(curves, fc.tuple(fc.nat(2e7), fc.nat(2e7), fc.nat(2e7)), (curve, cuts) => {
        const minutes = minuteCurve(curve, 1);
        const [a, b, c] = cuts.map((cut) => opensAtMs - 1e7 + cut).sort((x, y) => x - y) as [number, number, number];
        const over = (fromMs: number, toMs: number): number => curveOver(minutes, opensAtMs, { fromMs, toMs });
        expect(Math.abs(over(a, b) + over(b, c) - over(a, c))).toBeLessThan(1e-6 + curve.total * 1e-12);
      }),
      { numRuns: 200 },
    );
  });
  it('[CAM1] a curve of nothing is zeros', () =>
    expect(
      minuteCurve(
        {
          fromMinute: 0,
          total: 0,
          points: [
            [0, 0],
            [2, 0],
          ],
        },
        1,
      ).values,
    ).toEqual([0, 0]));
  it('[CAM1] a minute is the mean of the line over it, and a repeated minute is a step', () => {
    // line 0 → 4 over two minutes: means 1 and 3; then a step to 4
    expect(
      minuteCurve(
        {
          fromMinute: 0,
          total: 80,
          points: [
            [0, 0],
            [2, 4],
            [2, 4],
            [3, 4],
          ],
        },
        1,
      ).values,
    ).toEqual([10, 30, 40]);
    expect(
      minuteCurve(
        {
          fromMinute: 0,
          total: 30,
          points: [
            [0, 1],
            [1, 1],
            [1, 2],
            [2, 2],
          ],
        },
        1,
      ).values,
    ).toEqual([10, 20]);
  });
  it('[CAM2] half a minute holds half of it; outside the curve there is nothing', () => {
    const curve = minuteCurve(
      {
        fromMinute: 1,
        total: 60,
        points: [
          [0, 1],
          [2, 1],
        ],
      },
      1,
    );
    expect(curveOver(curve, 0, { fromMs: 0, toMs: 60_000 })).toBe(0);
    expect(curveOver(curve, 0, { fromMs: 60_000, toMs: 90_000 })).toBe(15);
    expect(curveOver(curve, 0, { fromMs: 90_000, toMs: 150_000 })).toBe(30);
    expect(curveOver(curve, 0, { fromMs: 180_000, toMs: 999_000 })).toBe(0);
  });
});
