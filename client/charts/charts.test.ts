import { describe, expect, it } from 'vitest';
import { sparkPath } from '../panels/Spark.tsx';
import { niceStep } from './gmv-option.ts';
import { curvePoints, curveSpan, minuteLine, thin } from './minute-line.ts';

describe('the curve', () => {
  it('leaves out a minute that is not over and ends in the rolling one', () => {
    const { points, peak } = minuteLine(
      [
        [0, 10],
        [60_000, 30],
        [120_000, 4],
      ],
      125_000,
      25,
    );
    expect(points).toEqual([
      [60_000, 10],
      [120_000, 30],
      [125_000, 25],
    ]);
    expect(peak).toEqual({ atMs: 60_000, value: 30 });
  });
  it('names no peak while the rolling minute is above all whole ones, so that a peak never falls', () => {
    expect(minuteLine([[0, 10]], 65_000, 12).peak).toBeNull();
    expect(minuteLine([[0, 10]], 66_000, 10).peak).toEqual({ atMs: 0, value: 10 });
    expect(minuteLine([[0, 10]], 67_000, null).peak).toEqual({ atMs: 0, value: 10 });
  });
  it('cuts a plan to the span and keeps its peak when thinned', () => {
    const curve = { fromMinute: -1, values: [1, 2, 3, 4] };
    expect(curvePoints(curve, 60_000, { fromMs: 60_000, toMs: 180_000 })).toEqual([
      [60_000, 1],
      [120_000, 2],
      [180_000, 3],
    ]);
    const many = Array.from({ length: 1_000 }, (_, index): [number, number] => [index, index === 501 ? 99 : 1]);
    expect(thin(many, 100)).toHaveLength(100);
    expect(thin(many, 100)).toContainEqual([501, 99]);
  });
  it('shows more of the night as it goes on, never to the edge', () => {
    const hours = (elapsedH: number): number => {
      const { toMs } = curveSpan(0, elapsedH * 3_600_000);
      return toMs / 3_600_000;
    };
    expect([0, 0.84, 0.86, 3, 23].map(hours)).toEqual([1, 1, 2, 4, 48]);
  });
  it('has round steps', () => expect([0, 9.4, 30, 1.2].map((top) => niceStep(top))).toEqual([1, 5, 10, 0.5]));
  it('draws gaps as gaps', () =>
    expect(
      sparkPath([
        [0, 1],
        [1, null],
        [2, 1],
      ]).match(/M/g),
    ).toHaveLength(2));
});
