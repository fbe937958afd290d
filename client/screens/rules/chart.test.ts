import { describe, expect, it } from 'vitest';
import type { BacktestLine } from '#contract/alerts';
import { HEIGHT, pathOf, scaleOf, WIDTH } from './chart.ts';

const line = (points: BacktestLine['points'], limits: BacktestLine['limits'] = []): BacktestLine => ({
  labels: {},
  unit: 'ratio',
  limits,
  points,
});

describe('the back-test’s chart', () => {
  it('[PAGE33] the nearest limit is always on it, others when they are near', () => {
    const flat = line(
      [
        [0, 0.99],
        [10, 1],
      ],
      [0.4, 0.3, 0],
    );
    const far = scaleOf([flat], 0, 10);
    expect([far.low < 0.4, far.low > 0.3]).toEqual([true, true]);
    const near = scaleOf(
      [
        line(
          [
            [0, 0.5],
            [10, 1],
          ],
          [0.4, 0.3, 0],
        ),
      ],
      0,
      10,
    );
    expect(near.low).toBeLessThan(0);
    expect([near.x(0), near.x(10)]).toEqual([0, WIDTH]);
  });
  it('[PAGE33] a gap stays a gap, and without any value nothing is drawn', () => {
    const gap = line([
      [0, 1],
      [5, null],
      [10, 1],
    ]);
    expect(pathOf(gap, scaleOf([gap], 0, 10)).match(/M/g)).toHaveLength(2);
    const none = line([[0, null]]);
    const scale = scaleOf([none], 0, 10);
    expect([pathOf(none, scale), scale.y(scale.low)]).toEqual(['', HEIGHT]);
  });
});
