import { expect, it } from 'vitest';
import { alertLineOption, axisOf } from './alert-line-option.ts';

it('[DESK8] the axis holds line and limit on round numbers, and does not invent a space below zero', () => {
  expect(axisOf([0.97, 0.995, 0.985])).toMatchObject({ max: expect.closeTo(1, 2) });
  const { min, max } = axisOf([0, 3]);
  expect([min, max >= 3]).toEqual([0, true]);
  expect(axisOf([-2, 2]).min).toBeLessThan(-2);
  expect(axisOf([5]).max).toBeGreaterThan(5);
});
it('[DESK8] limit, alarm and changes are marked; without a limit there is no line of it', () => {
  const line = {
    points: [
      [0, 1],
      [60_000, 2],
    ] as const,
    limit: 1.5,
    limitWords: '1.5',
    tier: 'orange' as const,
    firedAtMs: 30_000,
    marks: [
      { atMs: 10_000, words: 'a' },
      { atMs: 20_000, words: 'b' },
    ],
    trusted: true,
    timeZone: 'Asia/Shanghai',
    textPx: 12,
    tick: String,
  };
  const marksOf = (option: ReturnType<typeof alertLineOption>) =>
    (option.series as { markLine: { data: { yAxis?: number; xAxis?: number }[] } }[])[0]?.markLine.data ?? [];
  expect(marksOf(alertLineOption(line)).map(({ yAxis, xAxis }) => yAxis ?? xAxis)).toEqual([
    1.5, 30_000, 10_000, 20_000,
  ]);
  expect(marksOf(alertLineOption({ ...line, limit: null, firedAtMs: null, marks: [] }))).toEqual([]);
});
